use domain::settings::ArtStyle;
use integrations::images::{ImageFormat, ImageMaker, ImageRequest, OfflineImages, Unrecorded};
use integrations::{Observer, ProviderError};

fn request(style: ArtStyle) -> ImageRequest {
    ImageRequest {
        description: "octopus, underwater ocean, soft light".to_owned(),
        style,
        video_seed: 1,
        seed: 1,
        width_px: 108,
        height_px: 192,
    }
}

#[tokio::test]
async fn every_style_is_drawn_in_the_wanted_size_and_unlike_the_others() {
    let mut drawn = Vec::new();
    for style in ArtStyle::ALL {
        let silent = Observer::silent();
        let image = OfflineImages
            .draw(&request(*style), &Unrecorded, &silent)
            .await
            .unwrap();
        assert_eq!(image.format, ImageFormat::Png);
        let picture = image::load_from_memory(&image.bytes).unwrap().into_rgb8();
        assert_eq!(picture.dimensions(), (108, 192));
        assert!(!drawn.contains(&picture), "{style} looks like another");
        drawn.push(picture);
    }
}

#[tokio::test]
async fn a_size_out_of_range_is_refused_with_the_range() {
    let request = ImageRequest {
        width_px: 10,
        ..request(ArtStyle::Anime)
    };
    let refused = OfflineImages
        .draw(&request, &Unrecorded, &Observer::silent())
        .await;
    let Err(ProviderError::InvalidInput { field, remedy, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((field, &*remedy), ("size", "choose 64 to 4096"));
}
