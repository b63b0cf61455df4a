//! The textures of frames of one size. All of them are face data, and each frame clears them when it is done.

use moretta_frame::{FrameView, Samples};
use moretta_space::Orientation;

use crate::formats::{CHROMA, DEPTH, LUMA, PLATE, SCENE};
use crate::renderer::Shared;

/// What the textures must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Columns and rows of the buffer.
    pub(crate) sensor: (u32, u32),
    /// Columns and rows of the upright frame.
    pub(crate) upright: (u32, u32),
    pub(crate) kind: Kind,
}

/// How the buffer becomes the plate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is the plate.
    Direct,
    /// Turned, or its channels in another order.
    Packed,
    /// Luma and chroma lie apart.
    Yuv,
}

impl Shape {
    pub(crate) fn of(frame: &FrameView<'_>) -> Self {
        let (sensor, upright) = (frame.sensor_size(), frame.size());
        Self {
            sensor: (sensor.width(), sensor.height()),
            upright: (upright.width(), upright.height()),
            kind: match frame.samples() {
                Samples::Yuv { .. } => Kind::Yuv,
                Samples::Packed { bgra: false, .. } if frame.layout().orientation == Orientation::UPRIGHT => {
                    Kind::Direct
                }
                Samples::Packed { .. } => Kind::Packed,
            },
        }
    }

    /// Columns and rows of the frame at a sixteenth.
    pub(crate) fn low(self) -> (u32, u32) {
        (self.upright.0.div_ceil(16), self.upright.1.div_ceil(16))
    }
}

/// A texture and its view.
pub(crate) struct Picture {
    pub(crate) texture: wgpu::Texture,
    pub(crate) view: wgpu::TextureView,
}

/// A scene that was drawn, and the groups to read it by.
pub(crate) struct Scene {
    pub(crate) picture: Picture,
    /// Texel by texel.
    pub(crate) loaded: wgpu::BindGroup,
    /// In another size.
    pub(crate) sampled: wgpu::BindGroup,
}

/// Where scenes with depth are drawn.
pub(crate) struct Deep {
    /// With several samples a pixel; `None` if the adapter has one.
    pub(crate) samples: Option<Picture>,
    pub(crate) depth: Picture,
}

/// The planes of the buffer.
pub(crate) struct Camera {
    pub(crate) first: Picture,
    pub(crate) second: Option<Picture>,
    /// Group 1 of the camera's pass.
    pub(crate) group: wgpu::BindGroup,
}

pub(crate) struct Canvas {
    pub(crate) shape: Shape,
    /// What the camera's pass reads, if there is one.
    pub(crate) camera: Option<Camera>,
    /// The upright picture of the camera, in sRGB numbers that are not decoded.
    pub(crate) plate: Picture,
    pub(crate) plate_loaded: wgpu::BindGroup,
    pub(crate) low: Picture,
    pub(crate) low_loaded: wgpu::BindGroup,
    pub(crate) lower: Picture,
    pub(crate) lower_loaded: wgpu::BindGroup,
    pub(crate) light: Picture,
    /// Group 1 of scenes.
    pub(crate) scene: wgpu::BindGroup,
    pub(crate) scenes: [Option<Scene>; 2],
    pub(crate) deep: Option<Deep>,
}

impl Canvas {
    pub(crate) fn new(shared: &Shared, shape: Shape) -> Self {
        let objects = shared.gpu.objects();
        let Shape {
            sensor,
            upright,
            kind,
        } = shape;
        let taken_in = wgpu::TextureUsages::COPY_DST;
        let read = wgpu::TextureUsages::TEXTURE_BINDING;
        let copied = wgpu::TextureUsages::COPY_SRC;
        let picture = |label, size, format, usage| Picture::new(shared, label, size, format, usage, 1);
        let one = |picture: &Picture| {
            objects.group(
                "one texture",
                &shared.layouts.one,
                &[wgpu::BindingResource::TextureView(&picture.view)],
            )
        };
        let camera = match kind {
            Kind::Direct => None,
            Kind::Packed => {
                let first = picture("first plane", sensor, PLATE, taken_in | read);
                Some(Camera {
                    group: one(&first),
                    first,
                    second: None,
                })
            }
            Kind::Yuv => {
                let half = (sensor.0.div_ceil(2), sensor.1.div_ceil(2));
                let first = picture("first plane", sensor, LUMA, taken_in | read);
                let second = picture("second plane", half, CHROMA, taken_in | read);
                let views =
                    [&first, &second].map(|picture| wgpu::BindingResource::TextureView(&picture.view));
                Some(Camera {
                    group: objects.group("two textures", &shared.layouts.two, &views),
                    first,
                    second: Some(second),
                })
            }
        };
        let plate = picture("plate", upright, PLATE, taken_in | read | copied);
        let low_size = shape.low();
        let lower_size = (low_size.0.div_ceil(16), low_size.1.div_ceil(16));
        let low = picture("low", low_size, SCENE, read);
        let lower = picture("lower", lower_size, SCENE, read);
        let light = picture("light", (2, 2), SCENE, read);
        let scene = objects.group(
            "scene",
            &shared.layouts.scene,
            &[
                wgpu::BindingResource::TextureView(&plate.view),
                wgpu::BindingResource::TextureView(&low.view),
                wgpu::BindingResource::Sampler(&shared.clamped),
                wgpu::BindingResource::TextureView(&light.view),
                wgpu::BindingResource::TextureView(&shared.mask),
                wgpu::BindingResource::Sampler(&shared.clamped),
            ],
        );
        Self {
            shape,
            camera,
            plate_loaded: one(&plate),
            plate,
            low_loaded: one(&low),
            low,
            lower_loaded: one(&lower),
            lower,
            light,
            scene,
            scenes: [None, None],
            deep: None,
        }
    }

    /// Sees to it that the scenes up to `count` are there, and a place for depth if it is asked for.
    pub(crate) fn provide(&mut self, shared: &Shared, count: usize, deep: bool) {
        let upright = self.shape.upright;
        for scene in self.scenes.iter_mut().take(count) {
            scene.get_or_insert_with(|| Scene::new(shared, upright));
        }
        if deep {
            self.deep.get_or_insert_with(|| {
                let samples = shared.gpu.report().samples;
                let none = wgpu::TextureUsages::empty();
                Deep {
                    samples: (samples > 1)
                        .then(|| Picture::new(shared, "samples", upright, SCENE, none, samples)),
                    depth: Picture::new(shared, "depth", upright, DEPTH, none, samples),
                }
            });
        }
    }

    /// Overwrites the textures that a frame has used: the first `scenes` scenes, depth and light if they were.
    pub(crate) fn clear(&self, encoder: &mut wgpu::CommandEncoder, used: Used) {
        let camera = self.camera.iter();
        let planes = camera.flat_map(|camera| [Some(&camera.first), camera.second.as_ref()]);
        let light = [&self.low, &self.lower, &self.light]
            .into_iter()
            .filter(|_| used.lit);
        let scenes = self.scenes.iter().take(used.scenes).flatten();
        let deep = self.deep.as_ref().filter(|_| used.deep);
        let pictures = planes
            .flatten()
            .chain([&self.plate])
            .chain(light)
            .chain(scenes.map(|scene| &scene.picture))
            .chain(deep.and_then(|deep| deep.samples.as_ref()));
        for picture in pictures {
            drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("clear"),
                color_attachments: &[Some(attachment(&picture.view, CLEARED))],
                ..wgpu::RenderPassDescriptor::default()
            }));
        }
        if let Some(deep) = deep {
            drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("clear"),
                depth_stencil_attachment: Some(depth_attachment(&deep.depth.view, wgpu::StoreOp::Store)),
                ..wgpu::RenderPassDescriptor::default()
            }));
        }
    }
}

/// Which textures a frame has used, beside those that every frame does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) scenes: usize,
    pub(crate) deep: bool,
    pub(crate) lit: bool,
}

impl Used {
    pub(crate) const ALL: Self = Self {
        scenes: 2,
        deep: true,
        lit: true,
    };
}

pub(crate) const CLEARED: wgpu::Operations<wgpu::Color> = wgpu::Operations {
    load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
    store: wgpu::StoreOp::Store,
};

/// A picture as what a pass draws to.
pub(crate) fn attachment(
    view: &wgpu::TextureView,
    ops: wgpu::Operations<wgpu::Color>,
) -> wgpu::RenderPassColorAttachment<'_> {
    wgpu::RenderPassColorAttachment {
        view,
        depth_slice: None,
        resolve_target: None,
        ops,
    }
}

/// Depth, as far away as can be at first.
pub(crate) fn depth_attachment(
    view: &wgpu::TextureView,
    store: wgpu::StoreOp,
) -> wgpu::RenderPassDepthStencilAttachment<'_> {
    wgpu::RenderPassDepthStencilAttachment {
        view,
        depth_ops: Some(wgpu::Operations {
            load: wgpu::LoadOp::Clear(1.0),
            store,
        }),
        stencil_ops: None,
    }
}

impl Picture {
    /// One that can be drawn to, and so cleared, and be used as `usage` says.
    fn new(
        shared: &Shared,
        label: &'static str,
        (width, height): (u32, u32),
        format: wgpu::TextureFormat,
        usage: wgpu::TextureUsages,
        sample_count: u32,
    ) -> Self {
        let texture = shared.gpu.objects().texture(&wgpu::TextureDescriptor {
            label: Some(label),
            size: wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: usage | wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        Self {
            view: shared.gpu.objects().view(&texture),
            texture,
        }
    }
}

impl Scene {
    fn new(shared: &Shared, size: (u32, u32)) -> Self {
        let objects = shared.gpu.objects();
        let usage = wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::COPY_SRC
            | wgpu::TextureUsages::COPY_DST;
        let picture = Picture::new(shared, "scene", size, SCENE, usage, 1);
        let view = wgpu::BindingResource::TextureView(&picture.view);
        let sampler = wgpu::BindingResource::Sampler(&shared.clamped);
        Self {
            loaded: objects.group("scene", &shared.layouts.one, core::slice::from_ref(&view)),
            sampled: objects.group("scene", &shared.layouts.present, &[view, sampler]),
            picture,
        }
    }
}
