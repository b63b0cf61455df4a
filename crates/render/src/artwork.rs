//! Artwork on the device: pictures, models, tables of colours. All of it public.

use bytemuck::{Zeroable, cast_slice};
use moretta_pack::{AlphaMode, Image, Lut, Mesh, Model, SpriteSheet, Texels};

use crate::effect::MAX_CELLS;
use crate::formats::{READ, TABLE};
use crate::mip::{self, Content, Level};
use crate::numbers::{Corner, Material, Moved};
use crate::renderer::Shared;
use crate::{Gpu, RenderError};

/// A picture, or the cells of a sprite sheet, each a layer with sizes of its own, so that no cell shows its neighbour.
pub(crate) struct Cells {
    pub(crate) group: wgpu::BindGroup,
    pub(crate) count: u32,
    /// Columns and rows of one.
    pub(crate) size: (u32, u32),
}

/// A model: first what hides, then what is seen through.
pub(crate) struct Parts {
    pub(crate) parts: Vec<Part>,
}

/// Triangles of one material.
pub(crate) struct Part {
    pub(crate) corners: wgpu::Buffer,
    pub(crate) moved: Option<wgpu::Buffer>,
    pub(crate) indices: wgpu::Buffer,
    pub(crate) index_count: u32,
    pub(crate) material: wgpu::BindGroup,
    pub(crate) blends: bool,
    pub(crate) double_sided: bool,
}

/// A table of colours.
pub(crate) struct Table {
    pub(crate) group: wgpu::BindGroup,
}

/// What is wrong with an asset.
pub(crate) struct Fault {
    expected: String,
    found: String,
}

impl Fault {
    pub(crate) fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(crate) fn at(self, place: String) -> RenderError {
        RenderError::Effect {
            place,
            expected: self.expected,
            found: self.found,
        }
    }
}

impl Cells {
    pub(crate) fn image(shared: &Shared, image: &Image) -> Result<Self, Fault> {
        Self::new(shared, image, 1, 1, 1)
    }

    pub(crate) fn sheet(shared: &Shared, sheet: &SpriteSheet) -> Result<Self, Fault> {
        Self::new(shared, &sheet.image, sheet.columns, sheet.rows, sheet.count)
    }

    fn new(shared: &Shared, image: &Image, columns: u32, rows: u32, count: u32) -> Result<Self, Fault> {
        check_image(image)?;
        let cells = u64::from(columns) * u64::from(rows);
        if columns == 0 || rows == 0 || columns > image.width || rows > image.height {
            return Err(Fault::new(
                format!(
                    "cells of at least one pixel in {} x {}",
                    image.width, image.height
                ),
                format!("{columns} x {rows} cells"),
            ));
        }
        if count == 0 || u64::from(count) > cells || count > MAX_CELLS {
            return Err(Fault::new(
                format!("1 to {} cells", cells.min(u64::from(MAX_CELLS))),
                count.to_string(),
            ));
        }
        let content = match image.texels {
            Texels::Srgb => Content::Seen,
            Texels::Linear => Content::SeenLinear,
        };
        let size = (image.width / columns, image.height / rows);
        let longest = shared.gpu.report().max_side_px;
        let stride = image.width as usize * 4;
        let cell_levels = |cell: u32| {
            let (x, y) = (cell % columns * size.0, cell / columns * size.1);
            let start = y as usize * stride + x as usize * 4;
            mip::levels(&image.rgba[start..], stride, size, content, longest)
        };
        let first = cell_levels(0);
        // OpenGL has no array of one layer that the library would take for one: a second layer is made and never read.
        let layers = if shared.gpu.report().backend == "gl" {
            count.max(2)
        } else {
            count
        };
        let texture = texture(&shared.gpu, "cells", &first, layers, content);
        upload(&shared.gpu, &texture, 0, &first);
        for cell in 1..count {
            upload(&shared.gpu, &texture, cell, &cell_levels(cell));
        }
        let view = shared.gpu.objects().view_as(
            &texture,
            &wgpu::TextureViewDescriptor {
                dimension: Some(wgpu::TextureViewDimension::D2Array),
                ..wgpu::TextureViewDescriptor::default()
            },
        );
        let group = shared.gpu.objects().group(
            "cells",
            &shared.layouts.cells,
            &[
                wgpu::BindingResource::TextureView(&view),
                wgpu::BindingResource::Sampler(&shared.clamped),
            ],
        );
        Ok(Self { group, count, size })
    }
}

impl Table {
    pub(crate) fn new(shared: &Shared, lut: &Lut) -> Result<Self, Fault> {
        if !(2..=64).contains(&lut.size) || lut.rgb.len() != (lut.size as usize).pow(3) {
            return Err(Fault::new(
                "a cube of 2 to 64 entries a side",
                format!("{} entries for a side of {}", lut.rgb.len(), lut.size),
            ));
        }
        let bounded = |number: f32| {
            if number.is_finite() {
                number.clamp(0.0, 1.0)
            } else {
                0.0
            }
        };
        let texels: Vec<[f32; 4]> = lut
            .rgb
            .iter()
            .map(|rgb| [bounded(rgb[0]), bounded(rgb[1]), bounded(rgb[2]), 1.0])
            .collect();
        let size = wgpu::Extent3d {
            width: lut.size,
            height: lut.size,
            depth_or_array_layers: lut.size,
        };
        let texture = shared.gpu.objects().texture(&wgpu::TextureDescriptor {
            label: Some("table"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D3,
            format: TABLE,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        write(
            &shared.gpu,
            texture.as_image_copy(),
            cast_slice(&texels),
            lut.size * 16,
            size,
        );
        let view = shared.gpu.objects().view(&texture);
        let group = shared.gpu.objects().group(
            "table",
            &shared.layouts.table,
            &[wgpu::BindingResource::TextureView(&view)],
        );
        Ok(Self { group })
    }
}

impl Parts {
    pub(crate) fn new(shared: &Shared, model: &Model) -> Result<Self, Fault> {
        for image in &model.images {
            check_image(image)?;
        }
        let mut images = Images {
            shared,
            model,
            made: Vec::new(),
        };
        let materials = model
            .materials
            .iter()
            .map(|material| images.material(material))
            .collect::<Result<Vec<_>, _>>()?;
        let mut parts = Vec::new();
        for mesh in &model.meshes {
            check_mesh(mesh)?;
            let (Some(material), Some(group)) =
                (model.materials.get(mesh.material), materials.get(mesh.material))
            else {
                return Err(Fault::new(
                    format!("a material below {}", materials.len()),
                    mesh.material.to_string(),
                ));
            };
            if mesh.indices.is_empty() {
                continue;
            }
            let buffer = |label, bytes: &[u8], usage| shared.gpu.objects().filled(label, bytes, usage);
            let moved = moved(mesh);
            parts.push(Part {
                corners: buffer("corners", cast_slice(&corners(mesh)), wgpu::BufferUsages::VERTEX),
                moved: moved.map(|moved| buffer("morphs", cast_slice(&moved), wgpu::BufferUsages::VERTEX)),
                indices: buffer("indices", cast_slice(&mesh.indices), wgpu::BufferUsages::INDEX),
                index_count: mesh.indices.len() as u32,
                material: group.clone(),
                blends: material.alpha == AlphaMode::Blend,
                double_sided: material.double_sided,
            });
        }
        parts.sort_by_key(|part| part.blends);
        Ok(Self { parts })
    }
}

/// The pictures of a model, each uploaded once for what it is used for.
struct Images<'a> {
    shared: &'a Shared,
    model: &'a Model,
    made: Vec<((usize, Content), wgpu::TextureView)>,
}

impl Images<'_> {
    fn material(&mut self, material: &moretta_pack::Material) -> Result<wgpu::BindGroup, Fault> {
        let blends = material.alpha == AlphaMode::Blend;
        let base = self.view(
            material.base_colour_image,
            if blends { Content::Seen } else { Content::Solid },
        )?;
        let rough = self.view(material.metallic_roughness_image, Content::Plain)?;
        let normal = self.view(material.normal_image, Content::Plain)?;
        let emissive = self.view(material.emissive_image, Content::Solid)?;
        let cutoff = match material.alpha {
            AlphaMode::Mask(cutoff) => cutoff,
            AlphaMode::Opaque | AlphaMode::Blend => 0.0,
        };
        // Without a picture of normals there is nothing to lean.
        let lean = material.normal_image.map_or(0.0, |_| material.normal_scale);
        let [red, green, blue] = material.emissive;
        let numbers = Material {
            base_colour: material.base_colour,
            emissive: [red, green, blue, lean],
            factors: [
                material.metallic,
                material.roughness,
                cutoff,
                f32::from(u8::from(blends)),
            ],
        };
        let all = [numbers.base_colour, numbers.emissive, numbers.factors];
        if !all.as_flattened().iter().all(|number| number.is_finite()) {
            return Err(Fault::new("finite numbers in a material", "one that is not"));
        }
        let buffer = self.shared.gpu.objects().filled(
            "material",
            bytemuck::bytes_of(&numbers),
            wgpu::BufferUsages::UNIFORM,
        );
        let sampler = wgpu::BindingResource::Sampler(&self.shared.repeated);
        let picture = wgpu::BindingResource::TextureView;
        Ok(self.shared.gpu.objects().group(
            "material",
            &self.shared.layouts.material,
            &[
                buffer.as_entire_binding(),
                picture(&base),
                sampler.clone(),
                picture(&rough),
                sampler.clone(),
                picture(&normal),
                sampler.clone(),
                picture(&emissive),
                sampler,
            ],
        ))
    }

    /// The picture at `place`, or one white texel for none.
    fn view(&mut self, place: Option<usize>, content: Content) -> Result<wgpu::TextureView, Fault> {
        let Some(place) = place else {
            return Ok(self.shared.white.clone());
        };
        let key = (place, content);
        if let Some((_, view)) = self.made.iter().find(|(made, _)| *made == key) {
            return Ok(view.clone());
        }
        let Some(image) = self.model.images.get(place) else {
            return Err(Fault::new(
                format!("an image below {}", self.model.images.len()),
                place.to_string(),
            ));
        };
        let longest = self.shared.gpu.report().max_side_px;
        let stride = image.width as usize * 4;
        let levels = mip::levels(&image.rgba, stride, (image.width, image.height), content, longest);
        let texture = texture(&self.shared.gpu, "image", &levels, 1, content);
        upload(&self.shared.gpu, &texture, 0, &levels);
        let view = self.shared.gpu.objects().view(&texture);
        self.made.push((key, view.clone()));
        Ok(view)
    }
}

fn check_image(image: &Image) -> Result<(), Fault> {
    let Image { width, height, .. } = *image;
    let expected = u64::from(width) * u64::from(height) * 4;
    if width == 0 || height == 0 || image.rgba.len() as u64 != expected {
        return Err(Fault::new(
            "a picture of at least 1 x 1 pixels, four bytes each",
            format!("{width} x {height} pixels in {} bytes", image.rgba.len()),
        ));
    }
    Ok(())
}

fn check_mesh(mesh: &Mesh) -> Result<(), Fault> {
    let vertices = mesh.positions.len();
    let same = |len: usize, what: &str| {
        if len == vertices {
            Ok(())
        } else {
            Err(Fault::new(
                format!("{vertices} {what} for as many positions"),
                len.to_string(),
            ))
        }
    };
    same(mesh.normals.len(), "normals")?;
    same(mesh.uvs.len(), "texture coordinates")?;
    if mesh.morphs.len() > 4 {
        return Err(Fault::new(
            "at most 4 morph targets",
            mesh.morphs.len().to_string(),
        ));
    }
    for morph in &mesh.morphs {
        same(morph.positions.len(), "moved positions")?;
        same(morph.normals.len(), "moved normals")?;
    }
    if !mesh.indices.len().is_multiple_of(3) {
        return Err(Fault::new(
            "three indices a triangle",
            mesh.indices.len().to_string(),
        ));
    }
    match mesh.indices.iter().find(|index| **index as usize >= vertices) {
        Some(index) => Err(Fault::new(
            format!("an index below {vertices}"),
            index.to_string(),
        )),
        None => Ok(()),
    }
}

fn corners(mesh: &Mesh) -> Vec<Corner> {
    let uvs = mesh.uvs.iter();
    let vertices = mesh.positions.iter().zip(&mesh.normals).zip(uvs);
    vertices
        .map(|((position, normal), uv)| Corner {
            position: *position,
            normal: *normal,
            uv: *uv,
        })
        .collect()
}

fn moved(mesh: &Mesh) -> Option<Vec<Moved>> {
    if mesh.morphs.is_empty() {
        return None;
    }
    let vertices = 0..mesh.positions.len();
    let moved = vertices.map(|vertex| {
        let mut moved = Moved::zeroed();
        let places = [
            (&mut moved.position_0, &mut moved.normal_0),
            (&mut moved.position_1, &mut moved.normal_1),
            (&mut moved.position_2, &mut moved.normal_2),
            (&mut moved.position_3, &mut moved.normal_3),
        ];
        for (morph, (position, normal)) in mesh.morphs.iter().zip(places) {
            *position = morph.positions[vertex];
            *normal = morph.normals[vertex];
        }
        moved
    });
    Some(moved.collect())
}

/// A texture for the sizes of a picture.
pub(crate) fn texture(
    gpu: &Gpu,
    label: &'static str,
    levels: &[Level],
    layers: u32,
    content: Content,
) -> wgpu::Texture {
    let own = levels.first().map_or((1, 1), |level| (level.width, level.height));
    let [colours, numbers] = READ;
    gpu.objects().texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d {
            width: own.0,
            height: own.1,
            depth_or_array_layers: layers,
        },
        mip_level_count: levels.len().max(1) as u32,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: if content.is_srgb() { colours } else { numbers },
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

/// Brings the sizes of a picture into a layer of a texture.
pub(crate) fn upload(gpu: &Gpu, texture: &wgpu::Texture, layer: u32, levels: &[Level]) {
    for (level, mip_level) in levels.iter().zip(0..) {
        let place = wgpu::TexelCopyTextureInfo {
            mip_level,
            origin: wgpu::Origin3d { x: 0, y: 0, z: layer },
            ..texture.as_image_copy()
        };
        let size = wgpu::Extent3d {
            width: level.width,
            height: level.height,
            depth_or_array_layers: 1,
        };
        write(gpu, place, &level.texels, level.width * 4, size);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "artwork is public: copies of it in staging memory tell nothing of a face"
)]
fn write(gpu: &Gpu, place: wgpu::TexelCopyTextureInfo<'_>, texels: &[u8], row: u32, size: wgpu::Extent3d) {
    let layout = wgpu::TexelCopyBufferLayout {
        offset: 0,
        bytes_per_row: Some(row),
        rows_per_image: Some(size.height),
    };
    gpu.queue().write_texture(place, texels, layout, size);
}
