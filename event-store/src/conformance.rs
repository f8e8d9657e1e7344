//! What every store must do, as test cases any store can be run through.
//!
//! [`conformance_tests!`](crate::conformance_tests) turns each case into a test
//! of its own. A case uses streams of its own and tolerates others' events, so
//! it can be run on a store that is shared. To add a case: a function in the
//! file it belongs to, and its name in the macro's list.

pub mod appending;
pub mod following;
pub mod model;
pub mod reading;
pub mod refusing;
mod subject;

pub use subject::Subject;

/// Makes a test of each case; `$open` is an `async fn() -> Subject` that opens
/// the store for one of them.
#[macro_export]
macro_rules! conformance_tests {
    ($open:path) => {
        $crate::conformance_tests! { @cases $open;
            appending::events_come_back_as_they_were_appended,
            appending::revisions_and_positions_go_up_one_after_the_other,
            appending::one_writer_wins_at_an_expected_revision,
            appending::a_conflict_says_where_the_stream_is,
            appending::a_repeated_command_answers_with_its_first_result,
            appending::a_command_sent_by_many_at_once_is_appended_once,
            appending::a_large_event_comes_back_whole,
            refusing::what_cannot_be_stored_is_refused_by_name_and_limit,
            refusing::text_that_cannot_be_stored_is_refused,
            reading::a_stream_is_read_in_pages_from_any_revision,
            reading::a_stream_that_does_not_exist_has_no_events,
            reading::pages_of_the_log_have_no_gap_and_no_repeat,
            reading::a_filtered_page_says_how_far_it_looked,
            reading::a_page_of_large_events_is_cut_short_and_goes_on,
            reading::a_position_of_another_log_is_refused,
            reading::a_position_beyond_the_head_is_refused,
            model::any_sequence_of_operations_ends_as_in_a_list,
            following::every_follower_sees_every_append_once_and_in_one_order,
            following::an_append_is_hinted_at,
        }
    };
    (@cases $open:path; $($group:ident :: $case:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let subject = $open().await;
                $crate::conformance::$group::$case(&subject).await;
            }
        )*
    };
}
