use async_graphql::{Context, ID, InputObject, Object, Result};
use commands::CommandContext;
use domain::series::{self, SeriesCommand, SeriesName};
use domain::{ProductionSettings, SeriesId};
use projections::series::SERIES;

use super::{Series, stored};
use crate::command::{command, created_id, made_before, send, target};
use crate::context::Asking;
use crate::error::Refusal;
use crate::payload::{Done, Outcome, payload, settle};
use crate::problems::Problems;
use crate::settings::{ProductionSettingsInput, check};

/// The input that names the series.
const FIELD: &str = "seriesId";

/// A series to begin.
#[derive(InputObject)]
pub(crate) struct CreateSeriesInput {
    /// 1 to 80 characters.
    name: String,
    settings: Option<ProductionSettingsInput>,
    /// A UUID of your choosing, so that a repeat is known.
    command_id: Option<ID>,
}

/// What of a series should be otherwise; what is left out stays.
#[derive(InputObject)]
pub(crate) struct ChangeSeriesInput {
    series_id: ID,
    /// 1 to 80 characters.
    name: Option<String>,
    settings: Option<ProductionSettingsInput>,
    /// A UUID of your choosing, so that a repeat is known.
    command_id: Option<ID>,
}

/// A series to put away.
#[derive(InputObject)]
pub(crate) struct ArchiveSeriesInput {
    series_id: ID,
    /// A UUID of your choosing, so that a repeat is known.
    command_id: Option<ID>,
}

payload! {
    /// What became of `createSeries`.
    CreateSeriesPayload {
        /// The new series; null when it was refused, or is not to be seen yet.
        series: Series
    }
}

payload! {
    /// What became of `changeSeries`.
    ChangeSeriesPayload {
        /// The series as it is now; null when the change was refused, or is not
        /// to be seen yet.
        series: Series
    }
}

payload! {
    /// What became of `archiveSeries`.
    ArchiveSeriesPayload {
        /// The archived series; null when that was refused, or is not to be seen
        /// yet.
        series: Series
    }
}

#[derive(Default)]
pub(crate) struct SeriesMutation;

#[Object]
impl SeriesMutation {
    /// Begins a series.
    async fn create_series(
        &self,
        ctx: &Context<'_>,
        input: CreateSeriesInput,
    ) -> Result<CreateSeriesPayload> {
        answer(ctx, create(ctx, input).await).await
    }

    /// Changes the name or settings of a series, for its videos to come.
    async fn change_series(
        &self,
        ctx: &Context<'_>,
        input: ChangeSeriesInput,
    ) -> Result<ChangeSeriesPayload> {
        answer(ctx, change(ctx, input).await).await
    }

    /// Hides a series and closes it to new videos; those it has stay.
    async fn archive_series(
        &self,
        ctx: &Context<'_>,
        input: ArchiveSeriesInput,
    ) -> Result<ArchiveSeriesPayload> {
        answer(ctx, archive(ctx, input).await).await
    }
}

async fn create(ctx: &Context<'_>, input: CreateSeriesInput) -> Result<Done<SeriesId>, Refusal> {
    let command = command(ctx, "createSeries", None, input.command_id.as_ref()).await?;
    let id = SeriesId(created_id(&command));
    if let Some(done) = made_before::<series::Series, _>(ctx, id, id.0).await? {
        return Ok(done);
    }
    let mut problems = Problems::default();
    let name = problems.check("name", SeriesName::try_new(&input.name));
    let settings = input
        .settings
        .unwrap_or_default()
        .over(ProductionSettings::default(), &mut problems);
    check(ctx.api(), command.owner, &settings, &mut problems).await?;
    let name = problems.value_if_none(name)?;
    let owner = command.owner;
    let create = SeriesCommand::Create {
        owner,
        name,
        settings,
    };
    tell(ctx, id, create, &command).await
}

async fn change(ctx: &Context<'_>, input: ChangeSeriesInput) -> Result<Done<SeriesId>, Refusal> {
    let id = SeriesId(target(FIELD, "series", &input.series_id)?);
    let command = command(ctx, "changeSeries", Some(id.0), input.command_id.as_ref()).await?;
    let mut problems = Problems::default();
    let name = input.name.as_deref().map(SeriesName::try_new);
    let name = name.and_then(|name| problems.check("name", name));
    let settings = match input.settings {
        None => None,
        Some(wanted) => {
            let series = stored(ctx, FIELD, id).await?;
            let base = series.state().map(|series| series.settings.clone());
            let settings = wanted.over(base.unwrap_or_default(), &mut problems);
            check(ctx.api(), command.owner, &settings, &mut problems).await?;
            Some(settings)
        }
    };
    problems.value_if_none(Some(()))?;
    tell(ctx, id, SeriesCommand::Change { name, settings }, &command).await
}

async fn archive(ctx: &Context<'_>, input: ArchiveSeriesInput) -> Result<Done<SeriesId>, Refusal> {
    let id = SeriesId(target(FIELD, "series", &input.series_id)?);
    let command = command(ctx, "archiveSeries", Some(id.0), input.command_id.as_ref()).await?;
    tell(ctx, id, SeriesCommand::Archive, &command).await
}

async fn tell(
    ctx: &Context<'_>,
    id: SeriesId,
    what: SeriesCommand,
    command: &CommandContext,
) -> Result<Done<SeriesId>, Refusal> {
    let position = send::<series::Series>(ctx, FIELD, id.0, what, command).await?;
    Ok(Done { id, position })
}

async fn answer<P: From<Outcome<Series>>>(
    ctx: &Context<'_>,
    done: Result<Done<SeriesId>, Refusal>,
) -> Result<P> {
    let series = ctx.api().series();
    let viewer = ctx.viewer()?;
    let read = async move |id| series.by_id(viewer, id).await;
    Ok(settle(ctx, SERIES, done, read).await?.into())
}
