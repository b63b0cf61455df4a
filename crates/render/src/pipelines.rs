//! Every pipeline, built at the start, and the layouts of what they read.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use moretta_pack::Blend;
use wgpu::{
    BindGroupLayout, BindGroupLayoutEntry, BindingType, BlendComponent, BlendFactor, BlendOperation,
    BlendState, BufferBindingType, ColorTargetState, ColorWrites, CompareFunction, Face, PrimitiveTopology,
    RenderPipeline, SamplerBindingType, ShaderStages, TextureFormat, TextureSampleType, TextureViewDimension,
    VertexBufferLayout,
};

use crate::formats::{DEPTH, PLATE, SCENE};
use crate::numbers::{self, Corner, Look, Moved, Picture, Shell, Skin, SkinUv, Swap};
use crate::objects::Objects;
use crate::shader::{self, Shader};

/// What the shaders' groups hold, by group and pass.
pub(crate) struct Layouts {
    /// Group 0 of the camera's pass.
    pub(crate) sensor: BindGroupLayout,
    /// Group 0 of scenes.
    pub(crate) frame: BindGroupLayout,
    /// Group 1 of passes that read one texture, texel by texel.
    pub(crate) one: BindGroupLayout,
    /// Group 1 of the camera's pass for luma and chroma.
    pub(crate) two: BindGroupLayout,
    /// Group 1 of scenes.
    pub(crate) scene: BindGroupLayout,
    /// Group 1 of presenting.
    pub(crate) present: BindGroupLayout,
    /// Group 2 of pictures and paints.
    pub(crate) cells: BindGroupLayout,
    /// Group 2 of swaps with a photo.
    pub(crate) donor: BindGroupLayout,
    /// Group 2 of props.
    pub(crate) material: BindGroupLayout,
    /// Group 2 of tables of colours.
    pub(crate) table: BindGroupLayout,
}

/// How a draw of a scene treats depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The pass has none, and one sample a pixel.
    Absent,
    /// Whatever is nearer, it is drawn.
    Ignored,
    /// Where nothing is nearer.
    Tested,
    /// Where nothing is nearer, and it is what is near then.
    Written,
    /// It becomes the depth, whatever was there.
    Set,
}

/// Every pipeline but those that present, which hang on the target's format.
pub(crate) struct Pipelines {
    pub(crate) camera_packed: RenderPipeline,
    pub(crate) camera_yuv: RenderPipeline,
    pub(crate) low: RenderPipeline,
    pub(crate) lower: RenderPipeline,
    pub(crate) light: RenderPipeline,
    pub(crate) seed_plate: RenderPipeline,
    pub(crate) seed_scene: RenderPipeline,
    /// By blend, then by depth: absent, ignored, tested.
    pictures: [[RenderPipeline; 3]; 4],
    /// By blend, then by depth: absent, ignored.
    paints: [[RenderPipeline; 2]; 6],
    /// By whether it is a photo's, then by depth: absent, ignored.
    swaps: [[RenderPipeline; 2]; 2],
    pub(crate) reset: RenderPipeline,
    pub(crate) face: RenderPipeline,
    pub(crate) head: RenderPipeline,
    /// By whether it blends, is double sided, is morphed.
    props: [[[RenderPipeline; 2]; 2]; 2],
    pub(crate) lut: RenderPipeline,
    present: Mutex<HashMap<TextureFormat, Present>>,
}

/// The two pipelines that present in one format.
#[derive(Clone)]
pub(crate) struct Present {
    /// Pixel for pixel.
    pub(crate) exact: RenderPipeline,
    /// In another size.
    pub(crate) scaled: RenderPipeline,
}

impl Layouts {
    pub(crate) fn new(objects: &Objects) -> Self {
        let seen_by = |stages: &dyn Fn(u32) -> ShaderStages, label, entries: &[BindingType]| {
            let entries: Vec<_> = entries
                .iter()
                .zip(0..)
                .map(|(ty, binding)| BindGroupLayoutEntry {
                    binding,
                    visibility: stages(binding),
                    ty: *ty,
                    count: None,
                })
                .collect();
            objects.bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(label),
                entries: &entries,
            })
        };
        let layout =
            |label, entries: &[BindingType]| seen_by(&|_| ShaderStages::VERTEX_FRAGMENT, label, entries);
        // What fragments may read, a driver in software copies to where nothing overwrites it. Of a face they are given nothing but
        // what vertices hand on.
        let of_frame = |binding| match binding {
            0 => ShaderStages::VERTEX_FRAGMENT,
            _ => ShaderStages::VERTEX,
        };
        Self {
            sensor: layout("sensor", &[uniform::<numbers::Sensor>(false)]),
            frame: seen_by(
                &of_frame,
                "frame",
                &[
                    uniform::<numbers::Frame>(false),
                    uniform::<numbers::Head>(true),
                    uniform::<numbers::Prop>(true),
                ],
            ),
            one: layout("one texture", &[LOADED]),
            two: layout("two textures", &[LOADED, LOADED]),
            scene: layout("scene", &[SAMPLED, SAMPLED, SAMPLER, LOADED, SAMPLED, SAMPLER]),
            present: layout("present", &[SAMPLED, SAMPLER]),
            donor: layout("donor", &[SAMPLED, SAMPLER]),
            cells: layout("cells", &[texture(TextureViewDimension::D2Array, true), SAMPLER]),
            material: layout(
                "material",
                &[
                    uniform::<numbers::Material>(false),
                    SAMPLED,
                    SAMPLER,
                    SAMPLED,
                    SAMPLER,
                    SAMPLED,
                    SAMPLER,
                    SAMPLED,
                    SAMPLER,
                ],
            ),
            table: layout("table", &[texture(TextureViewDimension::D3, false)]),
        }
    }
}

const LOADED: BindingType = texture(TextureViewDimension::D2, false);
const SAMPLED: BindingType = texture(TextureViewDimension::D2, true);
const SAMPLER: BindingType = BindingType::Sampler(SamplerBindingType::Filtering);

const fn texture(view_dimension: TextureViewDimension, filterable: bool) -> BindingType {
    BindingType::Texture {
        sample_type: TextureSampleType::Float { filterable },
        view_dimension,
        multisampled: false,
    }
}

const fn uniform<T>(has_dynamic_offset: bool) -> BindingType {
    BindingType::Buffer {
        ty: BufferBindingType::Uniform,
        has_dynamic_offset,
        min_binding_size: core::num::NonZeroU64::new(size_of::<T>() as u64),
    }
}

/// What a pipeline is made of. Drawn as strips without indices or as lists with.
struct Recipe<'a> {
    label: &'static str,
    module: &'a wgpu::ShaderModule,
    entries: [&'static str; 2],
    groups: [Option<&'a BindGroupLayout>; 3],
    buffers: &'a [VertexBufferLayout<'static>],
    topology: PrimitiveTopology,
    cull: bool,
    format: TextureFormat,
    blend: Option<BlendState>,
    writes: ColorWrites,
    depth: Depth,
    samples: u32,
}

impl Recipe<'_> {
    fn build(&self, objects: &Objects) -> RenderPipeline {
        let layout = objects.pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(self.label),
            bind_group_layouts: &self.groups,
            immediate_size: 0,
        });
        let buffers: Vec<_> = self.buffers.iter().cloned().map(Some).collect();
        let (write, compare) = match self.depth {
            Depth::Absent | Depth::Ignored => (false, CompareFunction::Always),
            Depth::Tested => (false, CompareFunction::LessEqual),
            Depth::Written => (true, CompareFunction::LessEqual),
            Depth::Set => (true, CompareFunction::Always),
        };
        objects.pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some(self.label),
            layout: Some(&layout),
            vertex: wgpu::VertexState {
                module: self.module,
                entry_point: Some(self.entries[0]),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                buffers: &buffers,
            },
            primitive: wgpu::PrimitiveState {
                topology: self.topology,
                front_face: wgpu::FrontFace::Ccw,
                cull_mode: self.cull.then_some(Face::Back),
                ..wgpu::PrimitiveState::default()
            },
            depth_stencil: (self.depth != Depth::Absent).then(|| wgpu::DepthStencilState {
                format: DEPTH,
                depth_write_enabled: Some(write),
                depth_compare: Some(compare),
                stencil: wgpu::StencilState::default(),
                bias: wgpu::DepthBiasState::default(),
            }),
            multisample: wgpu::MultisampleState {
                count: if self.depth == Depth::Absent {
                    1
                } else {
                    self.samples
                },
                ..wgpu::MultisampleState::default()
            },
            fragment: Some(wgpu::FragmentState {
                module: self.module,
                entry_point: Some(self.entries[1]),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                targets: &[Some(ColorTargetState {
                    format: self.format,
                    blend: self.blend,
                    write_mask: self.writes,
                })],
            }),
            multiview_mask: None,
            cache: None,
        })
    }
}

impl Pipelines {
    /// Builds all of them, for scenes of `samples` samples a pixel where they have depth.
    pub(crate) fn new(objects: &Objects, layouts: &Layouts, samples: u32) -> Self {
        let module = |shader: Shader| shader.module(objects);
        let (camera, measure, seed) = (
            module(shader::CAMERA),
            module(shader::MEASURE),
            module(shader::SEED),
        );
        let (picture, paint, prop) = (
            module(shader::PICTURE),
            module(shader::PAINT),
            module(shader::PROP),
        );
        let (occluder, lut, swap) = (
            module(shader::OCCLUDER),
            module(shader::LUT),
            module(shader::SWAP),
        );
        let whole = |label, module, entries, group0, group1| Recipe {
            label,
            module,
            entries,
            groups: [group0, group1, None],
            buffers: &[],
            topology: PrimitiveTopology::TriangleList,
            cull: false,
            format: SCENE,
            blend: None,
            writes: ColorWrites::ALL,
            depth: Depth::Absent,
            samples,
        };
        let one = Some(&layouts.one);
        let camera = |entry, group1| {
            Recipe {
                format: PLATE,
                ..whole(
                    "camera",
                    &camera,
                    ["vs_camera", entry],
                    Some(&layouts.sensor),
                    Some(group1),
                )
            }
            .build(objects)
        };
        let measure = |entry| whole("measure", &measure, ["vs_measure", entry], None, one).build(objects);
        let seed = |entry| {
            Recipe {
                depth: Depth::Ignored,
                ..whole("seed", &seed, ["vs_seed", entry], None, one)
            }
            .build(objects)
        };
        let pictures = |blend| {
            [Depth::Absent, Depth::Ignored, Depth::Tested].map(|depth| {
                Recipe {
                    groups: [None, None, Some(&layouts.cells)],
                    buffers: &[Picture::LAYOUT],
                    topology: PrimitiveTopology::TriangleStrip,
                    blend: Some(fixed_blend(blend)),
                    depth,
                    ..whole("picture", &picture, ["vs_picture", "fs_picture"], None, None)
                }
                .build(objects)
            })
        };
        let scene = [Some(&layouts.frame), Some(&layouts.scene)];
        let paints = |(blend, entry)| {
            [Depth::Absent, Depth::Ignored].map(|depth| {
                Recipe {
                    groups: [scene[0], scene[1], Some(&layouts.cells)],
                    buffers: &[Skin::LAYOUT, SkinUv::LAYOUT, Look::LAYOUT],
                    cull: true,
                    blend: Some(fixed_blend(blend)),
                    depth,
                    ..whole("paint", &paint, ["vs_paint", entry], None, None)
                }
                .build(objects)
            })
        };
        let swaps = |photo: bool| {
            let (entry, group2) = if photo {
                ("fs_photo", Some(&layouts.donor))
            } else {
                ("fs_swap", None)
            };
            [Depth::Absent, Depth::Ignored].map(|depth| {
                Recipe {
                    groups: [scene[0], scene[1], group2],
                    buffers: &[Swap::LAYOUT, SkinUv::LAYOUT, Look::LAYOUT],
                    cull: true,
                    blend: Some(fixed_blend(Blend::Normal)),
                    depth,
                    ..whole("swap", &swap, ["vs_swap", entry], None, None)
                }
                .build(objects)
            })
        };
        let occluder = |entry, group0, buffers: &[_], depth| {
            Recipe {
                groups: [group0, None, None],
                buffers,
                cull: depth == Depth::Written,
                writes: ColorWrites::empty(),
                depth,
                ..whole("occluder", &occluder, [entry, "fs_nothing"], None, None)
            }
            .build(objects)
        };
        let props = |blends: bool, double_sided: bool, morphed: bool| {
            let buffers: &[_] = if morphed {
                &[Corner::LAYOUT, Moved::LAYOUT]
            } else {
                &[Corner::LAYOUT]
            };
            let entry = if morphed { "vs_morphed" } else { "vs_prop" };
            Recipe {
                groups: [scene[0], scene[1], Some(&layouts.material)],
                buffers,
                cull: !double_sided,
                blend: Some(fixed_blend(Blend::Normal)),
                depth: if blends { Depth::Tested } else { Depth::Written },
                ..whole("prop", &prop, [entry, "fs_prop"], None, None)
            }
            .build(objects)
        };
        let both = [false, true];
        let pipelines = Self {
            camera_packed: camera("fs_packed", &layouts.one),
            camera_yuv: camera("fs_yuv", &layouts.two),
            low: measure("fs_low"),
            lower: measure("fs_lower"),
            light: measure("fs_light"),
            seed_plate: seed("fs_plate"),
            seed_scene: seed("fs_scene"),
            pictures: FIXED.map(pictures),
            paints: PAINTS.map(paints),
            swaps: both.map(swaps),
            reset: occluder("vs_reset", None, &[], Depth::Set),
            face: occluder("vs_face", scene[0], &[Skin::LAYOUT], Depth::Written),
            head: occluder("vs_head", scene[0], &[Shell::LAYOUT], Depth::Written),
            props: both.map(|blends| both.map(|double| both.map(|morphed| props(blends, double, morphed)))),
            lut: Recipe {
                groups: [None, one, Some(&layouts.table)],
                buffers: &[Look::LAYOUT],
                ..whole("lut", &lut, ["vs_lut", "fs_lut"], None, None)
            }
            .build(objects),
            present: Mutex::default(),
        };
        for format in [TextureFormat::Rgba8Unorm, TextureFormat::Bgra8Unorm] {
            pipelines.present(objects, layouts, format);
            pipelines.present(objects, layouts, format.add_srgb_suffix());
        }
        pipelines
    }

    /// For pictures; `None` for a blend that the target cannot do.
    pub(crate) fn picture(&self, blend: Blend, depth: Depth) -> Option<&RenderPipeline> {
        let column = match depth {
            Depth::Absent => 0,
            Depth::Tested => 2,
            _ => 1,
        };
        let row = FIXED.iter().position(|it| *it == blend)?;
        Some(&self.pictures[row][column])
    }

    pub(crate) fn paint(&self, blend: Blend, depth: Depth) -> &RenderPipeline {
        let row = PAINTS.iter().position(|(it, _)| *it == blend).unwrap_or(0);
        &self.paints[row][usize::from(depth != Depth::Absent)]
    }

    pub(crate) fn swap(&self, photo: bool, depth: Depth) -> &RenderPipeline {
        &self.swaps[usize::from(photo)][usize::from(depth != Depth::Absent)]
    }

    pub(crate) fn prop(&self, blends: bool, double_sided: bool, morphed: bool) -> &RenderPipeline {
        &self.props[usize::from(blends)][usize::from(double_sided)][usize::from(morphed)]
    }

    /// For a target of `format`, built when it is asked for first.
    pub(crate) fn present(&self, objects: &Objects, layouts: &Layouts, format: TextureFormat) -> Present {
        let mut known = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(format)
            .or_insert_with(|| {
                let module = shader::PRESENT.module(objects);
                let build = |entry| {
                    Recipe {
                        label: "present",
                        module: &module,
                        entries: ["vs_present", entry],
                        groups: [None, Some(&layouts.present), None],
                        buffers: &[Look::LAYOUT],
                        topology: PrimitiveTopology::TriangleStrip,
                        cull: false,
                        format,
                        blend: None,
                        writes: ColorWrites::ALL,
                        depth: Depth::Absent,
                        samples: 1,
                    }
                    .build(objects)
                };
                if format.is_srgb() {
                    Present {
                        exact: build("fs_exact"),
                        scaled: build("fs_linear"),
                    }
                } else {
                    Present {
                        exact: build("fs_exact_encoded"),
                        scaled: build("fs_encoded"),
                    }
                }
            })
            .clone()
    }
}

/// The blends that a target does by itself.
const FIXED: [Blend; 4] = [Blend::Normal, Blend::Multiply, Blend::Screen, Blend::Add];

/// Each paint's blend and the shader that brings its share of it.
const PAINTS: [(Blend, &str); 6] = [
    (Blend::Normal, "fs_paint"),
    (Blend::Multiply, "fs_tint"),
    (Blend::Screen, "fs_paint"),
    (Blend::Add, "fs_paint"),
    (Blend::Overlay, "fs_overlay"),
    (Blend::SoftLight, "fs_soft_light"),
];

/// What the target does with a premultiplied colour `s` of alpha `a` over `b`. All but normal leave the target's alpha.
///
/// - normal: `s + (1 - a) b`
/// - multiply: `s b + (1 - a) b`
/// - screen: `s + (1 - s) b`
/// - add: `s + b`, limited by the target
///
/// Overlay and soft light come blended from the shader, and are laid over like normal ones.
fn fixed_blend(blend: Blend) -> BlendState {
    let add = |src_factor, dst_factor| BlendComponent {
        src_factor,
        dst_factor,
        operation: BlendOperation::Add,
    };
    let over = add(BlendFactor::One, BlendFactor::OneMinusSrcAlpha);
    let kept = add(BlendFactor::Zero, BlendFactor::One);
    let (color, alpha) = match blend {
        Blend::Normal | Blend::Overlay | Blend::SoftLight => (over, over),
        Blend::Multiply => (add(BlendFactor::Dst, BlendFactor::OneMinusSrcAlpha), kept),
        Blend::Screen => (add(BlendFactor::One, BlendFactor::OneMinusSrc), kept),
        Blend::Add => (add(BlendFactor::One, BlendFactor::One), kept),
    };
    BlendState { color, alpha }
}
