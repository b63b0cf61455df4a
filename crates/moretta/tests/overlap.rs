//! Frames that overlap: the same pictures, and all of them.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod common;

use std::time::Duration;

use common::{Picture, adult, effect, parts};
use moretta::{Device, Frame, Options, Output, Placement, Policy, Renderer, Session, wgpu};

const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;
const PATIENCE: Duration = Duration::from_secs(60);
const FRAMES: u64 = 8;

/// A texture of the app's, as large as a picture.
struct Screen {
    renderer: Renderer,
    texture: wgpu::Texture,
}

impl Screen {
    fn new(renderer: &Renderer, picture: &Picture) -> Self {
        let texture = renderer.gpu().device().create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d {
                width: picture.width,
                height: picture.height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        Self {
            renderer: renderer.clone(),
            texture,
        }
    }

    /// Submits the picture so often that a frame waits behind the one under way, until `FRAMES` have ended.
    fn show(&self, session: &mut Session, picture: &Picture) {
        let view = self.texture.create_view(&wgpu::TextureViewDescriptor::default());
        let before = session.statistics().dropped;
        let (mut given, mut told) = (0, 0);
        while told < FRAMES {
            let dropped = session.statistics().dropped - before;
            if given - told - dropped < 2 {
                let output = Output::Texture {
                    view: &view,
                    format: FORMAT,
                    size_px: (picture.width, picture.height),
                    placement: Placement::default(),
                };
                let frame = Frame::borrowed([&picture.rgba[..]]).unwrap();
                given += 1;
                session
                    .submit(&picture.layout(given * 33), frame, output)
                    .unwrap();
            } else {
                session.poll(PATIENCE).unwrap().result.unwrap();
                told += 1;
            }
        }
        while let Some(finished) = session.poll(PATIENCE) {
            finished.result.unwrap();
        }
    }

    fn read(&self) -> Vec<u8> {
        let gpu = self.renderer.gpu();
        let size = self.texture.size();
        // The portrait is 256 pixels wide, so that rows need no padding.
        let row = size.width * 4;
        assert_eq!(row % wgpu::COPY_BYTES_PER_ROW_ALIGNMENT, 0);
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: u64::from(row * size.height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = gpu
            .device()
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_texture_to_buffer(
            self.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(row),
                    rows_per_image: None,
                },
            },
            size,
        );
        gpu.queue().submit([encoder.finish()]);
        buffer.map_async(wgpu::MapMode::Read, .., |mapped| mapped.unwrap());
        gpu.device().poll(wgpu::PollType::wait_indefinitely()).unwrap();
        buffer.get_mapped_range(..).unwrap().to_vec()
    }
}

#[test]
fn frames_that_overlap_are_the_same_pictures() {
    let (models, renderer) = parts();
    let picture = Picture::portrait();
    let consent = adult();
    let pictures = [false, true].map(|overlap| {
        let options = Options {
            policy: Policy::BestEffort,
            models: Some(models.clone()),
            device: Device::Shared(renderer.clone()),
            overlap,
            ..Options::default()
        };
        let mut session = Session::new(&consent, options).unwrap();
        let glasses = effect(&session, "glasses");
        session.wear(Some(&glasses));
        let screen = Screen::new(&renderer, &picture);
        screen.show(&mut session, &picture);
        let shown = screen.read();
        assert_eq!(session.statistics().overlapped > 0, overlap);
        // What is worn is drawn, and what was submitted is ended before the session is paused and goes on.
        assert!(picture.differences(&shown, 40) > 300);
        session.pause().unwrap();
        session.resume().unwrap();
        screen.show(&mut session, &picture);
        assert!(picture.differences(&screen.read(), 40) > 300);
        shown
    });
    let [in_turn, overlapping] = pictures;
    let other = Picture {
        rgba: in_turn,
        ..picture
    };
    // A frame that is dropped moves the clock of what smooths landmarks.
    assert!(other.differences(&overlapping, 24) < 50);
}
