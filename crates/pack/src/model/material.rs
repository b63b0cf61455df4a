//! Materials and their images.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gltf::json::validation::Checked;
use gltf::json::{Index, Texture, material as json};

use super::{Source, buffers};
use crate::asset::decode;
use crate::effect::{AlphaMode, Image, Material, Texels};
use crate::error::{PackError, Place};
use crate::files::Files;
use crate::limits::{MAX_COORDINATE, MAX_MATERIALS, MAX_MODEL_IMAGES};
use crate::read::Pointer;

/// The materials of a model that its parts are made of, and their images.
#[derive(Default)]
pub(super) struct Materials {
    materials: Vec<Material>,
    /// By index in the JSON; `None` is the default material.
    known: BTreeMap<Option<usize>, usize>,
    images: Vec<Image>,
    /// By index in the JSON, and whether its numbers are colours: one image may be read in both ways.
    known_images: BTreeMap<(usize, bool), usize>,
}

impl Materials {
    /// The place of the material that the model names at `place`.
    pub(super) fn place(
        &mut self,
        source: &mut Source<'_>,
        files: &Files,
        index: Option<usize>,
        place: &Pointer<'_>,
    ) -> Result<usize, PackError> {
        if let Some(known) = self.known.get(&index) {
            return Ok(*known);
        }
        let material = match index {
            None => self.read(source, files, &json::Material::default(), &Pointer::Root)?,
            Some(index) => {
                let material = source.element(&source.root.materials, "materials", index, place)?;
                let list = Pointer::Root.key("materials");
                self.read(source, files, material, &list.item(index))?
            }
        };
        self.materials.push(material);
        source.too_many("materials of a model", MAX_MATERIALS, self.materials.len())?;
        let place = self.materials.len() - 1;
        self.known.insert(index, place);
        Ok(place)
    }

    pub(super) fn finish(self) -> (Vec<Material>, Vec<Image>) {
        (self.materials, self.images)
    }

    fn read(
        &mut self,
        source: &mut Source<'_>,
        files: &Files,
        material: &json::Material,
        place: &Pointer<'_>,
    ) -> Result<Material, PackError> {
        let pbr = &material.pbr_metallic_roughness;
        if material.occlusion_texture.is_some() {
            source.warn("materials without occlusion maps", "one, left out");
        }
        let alpha = match material.alpha_mode {
            Checked::Valid(json::AlphaMode::Opaque) => AlphaMode::Opaque,
            Checked::Valid(json::AlphaMode::Mask) => {
                AlphaMode::Mask(unit(material.alpha_cutoff.unwrap_or_default().0))
            }
            Checked::Valid(json::AlphaMode::Blend) => AlphaMode::Blend,
            Checked::Invalid => {
                let expected = crate::read::one_of(json::VALID_ALPHA_MODES.iter().copied());
                return Err(source.wrong(&place.key("alphaMode"), expected, "another"));
            }
        };
        let pbr_place = place.key("pbrMetallicRoughness");
        let mut image = |use_: Option<(Index<Texture>, u32)>, texels, place: &Pointer<'_>| match use_ {
            None => Ok(None),
            Some(use_) => self.image(source, files, use_, texels, place),
        };
        let info = |info: &gltf::json::texture::Info| (info.index, info.tex_coord);
        let base = pbr.base_color_texture.as_ref().map(info);
        let base = image(base, Texels::Srgb, &pbr_place.key("baseColorTexture"))?;
        let rough = pbr.metallic_roughness_texture.as_ref().map(info);
        let rough = image(rough, Texels::Linear, &pbr_place.key("metallicRoughnessTexture"))?;
        let normal = material
            .normal_texture
            .as_ref()
            .map(|it| (it.index, it.tex_coord));
        let normal = image(normal, Texels::Linear, &place.key("normalTexture"))?;
        let emissive = material.emissive_texture.as_ref().map(info);
        let emissive = image(emissive, Texels::Srgb, &place.key("emissiveTexture"))?;
        Ok(Material {
            base_colour: pbr.base_color_factor.0.map(unit),
            base_colour_image: base,
            metallic: unit(pbr.metallic_factor.0),
            roughness: unit(pbr.roughness_factor.0),
            metallic_roughness_image: rough,
            normal_image: normal,
            normal_scale: material
                .normal_texture
                .as_ref()
                .map_or(1.0, |it| it.scale.clamp(-MAX_COORDINATE, MAX_COORDINATE)),
            emissive: material.emissive_factor.0.map(unit),
            emissive_image: emissive,
            alpha,
            double_sided: material.double_sided,
        })
    }

    /// The place of the image that the texture named at `place` shows; `None` if it is one that is left out.
    fn image(
        &mut self,
        source: &mut Source<'_>,
        files: &Files,
        (texture, coordinates): (Index<Texture>, u32),
        texels: Texels,
        place: &Pointer<'_>,
    ) -> Result<Option<usize>, PackError> {
        let root = source.root;
        let texture = source.element(&root.textures, "textures", texture.value(), place)?;
        if coordinates != 0 {
            source.warn("textures by the first coordinates", "one by others, left out");
            return Ok(None);
        }
        let index = texture.source.value();
        // What the JSON leaves out, for an extension to name.
        if index == u32::MAX as usize {
            source.warn("textures with an image", "one without, left out");
            return Ok(None);
        }
        let key = (index, texels == Texels::Srgb);
        if let Some(known) = self.known_images.get(&key) {
            return Ok(Some(*known));
        }
        let json = source.element(&root.images, "images", index, place)?;
        let list = Pointer::Root.key("images");
        let own = list.item(index);
        let (name, bytes) = match (&json.uri, json.buffer_view) {
            (Some(uri), None) => {
                let bytes = buffers::content(source, files, uri, &own.key("uri"))?;
                match buffers::path(source.file, uri) {
                    Some(path) if !uri.starts_with("data:") => {
                        source.ledger.files_read.push(path.clone());
                        (path, bytes)
                    }
                    _ => (source.file.to_owned(), bytes),
                }
            }
            (None, Some(view)) => {
                let bytes = source.view(view, &own.key("bufferView"))?.to_vec();
                (source.file.to_owned(), Cow::Owned(bytes))
            }
            _ => return Err(source.wrong(&own, "a uri or a bufferView", "both or none")),
        };
        let image = decode(&name, &bytes, texels, source.ledger).map_err(|error| match error {
            // An image within the model has a place there.
            PackError::Asset {
                place,
                expected,
                found,
            } if place.file == source.file => PackError::Asset {
                place: Place::new(source.file, own.to_string()),
                expected,
                found,
            },
            other => other,
        })?;
        self.images.push(image);
        source.too_many("images of a model", MAX_MODEL_IMAGES, self.images.len())?;
        self.known_images.insert(key, self.images.len() - 1);
        Ok(Some(self.images.len() - 1))
    }
}

fn unit(number: f32) -> f32 {
    number.clamp(0.0, 1.0)
}
