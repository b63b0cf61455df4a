//! Models, as binary glTF 2.0.

use std::fmt::Write;

use glam::{Vec2, Vec3};

use crate::solid::Solid;
use crate::{Error, Picture};

/// A model: y up, looking along +z, +x the left of who wears it, in millimetres (metres in the file).
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What the parts are made of.
    pub materials: Vec<Material>,
    /// Each with its place in `materials`.
    pub parts: Vec<(usize, Solid)>,
}

/// What a part is made of.
#[derive(Clone, Debug)]
pub struct Material {
    /// For people.
    pub name: &'static str,
    /// Red, green, blue, linear, and alpha; times that of the picture.
    pub colour: [f32; 4],
    /// 0 to 1.
    pub metallic: f32,
    /// 0 to 1.
    pub roughness: f32,
    /// Red, green, blue, linear.
    pub emissive: [f32; 3],
    /// What it is painted with.
    pub picture: Option<Picture>,
    /// Whether the back is seen as well.
    pub double_sided: bool,
}

impl Material {
    /// One without a picture that is seen from the front, of a colour in sRGB (`0xrrggbb`).
    #[must_use]
    pub fn new(name: &'static str, colour: u32, metallic: f32, roughness: f32) -> Self {
        let [red, green, blue] = linear(colour);
        Self {
            name,
            colour: [red, green, blue, 1.0],
            metallic,
            roughness,
            emissive: [0.0; 3],
            picture: None,
            double_sided: false,
        }
    }
}

impl Material {
    /// Whether something is seen through it.
    #[must_use]
    pub fn is_transparent(&self) -> bool {
        let hole = |it: &Picture| it.pixels.iter().any(|it| it[3] < 1.0);
        self.colour[3] < 1.0 || self.picture.as_ref().is_some_and(hole)
    }
}

/// A colour in sRGB (`0xrrggbb`) as linear numbers.
#[must_use]
pub fn linear(colour: u32) -> [f32; 3] {
    [16, 8, 0].map(|shift| linear_from_srgb(((colour >> shift) & 0xff) as f32 / 255.0))
}

/// A linear number for one in sRGB (IEC 61966-2-1).
#[must_use]
pub fn linear_from_srgb(it: f32) -> f32 {
    if it <= 0.04045 {
        it / 12.92
    } else {
        ((it + 0.055) / 1.055).powf(2.4)
    }
}

/// A number in sRGB for a linear one.
#[must_use]
pub fn srgb_from_linear(it: f32) -> f32 {
    if it <= 0.003_130_8 {
        it * 12.92
    } else {
        1.055 * it.powf(1.0 / 2.4) - 0.055
    }
}

impl Model {
    /// How many triangles all parts have.
    #[must_use]
    pub fn triangles(&self) -> usize {
        self.parts.iter().map(|(_, solid)| solid.triangles.len()).sum()
    }

    /// The model as .glb: one node, one mesh, a primitive for each material. Pictures lie inside, as PNG.
    ///
    /// # Errors
    /// [`Error::Png`] if a picture cannot be encoded.
    pub fn to_glb(&self) -> Result<Vec<u8>, Error> {
        let mut file = Writer::default();
        let mut primitives = Vec::new();
        for (place, material) in self.materials.iter().enumerate() {
            let mut whole = Solid::default();
            for (_, solid) in self.parts.iter().filter(|(of, _)| *of == place) {
                whole.append(solid);
            }
            primitives.push(file.primitive(place, material, &whole));
        }
        let mut materials = Vec::new();
        for material in &self.materials {
            materials.push(file.material(material)?);
        }
        Ok(file.finish(&primitives, &materials))
    }
}

#[derive(Default)]
struct Writer {
    data: Vec<u8>,
    views: Vec<String>,
    accessors: Vec<String>,
    images: Vec<String>,
}

const VERTICES: u32 = 34_962;
const INDICES: u32 = 34_963;

impl Writer {
    /// Adds bytes; their place among the views.
    fn view(&mut self, bytes: &[u8], target: Option<u32>) -> usize {
        while !self.data.len().is_multiple_of(4) {
            self.data.push(0);
        }
        let target = target.map_or(String::new(), |it| format!(r#","target":{it}"#));
        self.views.push(format!(
            r#"{{"buffer":0,"byteOffset":{},"byteLength":{}{target}}}"#,
            self.data.len(),
            bytes.len()
        ));
        self.data.extend(bytes);
        self.views.len() - 1
    }

    /// Adds numbers; their place among the accessors. `more` is the least and the most, where glTF wants them.
    fn accessor(
        &mut self,
        bytes: &[u8],
        target: u32,
        count: usize,
        kind: &str,
        component: u32,
        more: &str,
    ) -> usize {
        let view = self.view(bytes, Some(target));
        self.accessors.push(format!(
            r#"{{"bufferView":{view},"componentType":{component},"count":{count},"type":"{kind}"{more}}}"#
        ));
        self.accessors.len() - 1
    }

    fn primitive(&mut self, place: usize, material: &Material, solid: &Solid) -> String {
        const FLOAT: u32 = 5126;
        const SHORT: u32 = 5123;
        const INT: u32 = 5125;
        let count = solid.positions.len();
        let bytes = |it: &[f32]| it.iter().flat_map(|it| it.to_le_bytes()).collect::<Vec<u8>>();
        let flat = |it: &[Vec3]| bytes(&it.iter().flat_map(Vec3::to_array).collect::<Vec<f32>>());
        // glTF's unit is the metre.
        let positions: Vec<Vec3> = solid.positions.iter().map(|it| *it / 1000.0).collect();
        let least = positions.iter().fold(Vec3::INFINITY, |a, b| a.min(*b));
        let most = positions.iter().fold(Vec3::NEG_INFINITY, |a, b| a.max(*b));
        let bounds = format!(
            r#","min":[{:?},{:?},{:?}],"max":[{:?},{:?},{:?}]"#,
            least.x, least.y, least.z, most.x, most.y, most.z
        );
        let position = self.accessor(&flat(&positions), VERTICES, count, "VEC3", FLOAT, &bounds);
        let normal = self.accessor(&flat(&solid.normals), VERTICES, count, "VEC3", FLOAT, "");
        let mut attributes = format!(r#""POSITION":{position},"NORMAL":{normal}"#);
        if material.picture.is_some() {
            let uvs: Vec<f32> = solid.uvs.iter().flat_map(Vec2::to_array).collect();
            let uv = self.accessor(&bytes(&uvs), VERTICES, count, "VEC2", FLOAT, "");
            let _ = write!(attributes, r#","TEXCOORD_0":{uv}"#);
        }
        let corners = solid.triangles.iter().flatten();
        // 65535 would restart a strip.
        let (indices, component): (Vec<u8>, u32) = if count < 65_535 {
            (corners.flat_map(|it| (*it as u16).to_le_bytes()).collect(), SHORT)
        } else {
            (corners.flat_map(|it| it.to_le_bytes()).collect(), INT)
        };
        let indices = self.accessor(
            &indices,
            INDICES,
            3 * solid.triangles.len(),
            "SCALAR",
            component,
            "",
        );
        format!(r#"{{"attributes":{{{attributes}}},"indices":{indices},"material":{place}}}"#)
    }

    fn material(&mut self, material: &Material) -> Result<String, Error> {
        let [red, green, blue, alpha] = material.colour;
        let mut metal = format!(
            r#""baseColorFactor":[{red:?},{green:?},{blue:?},{alpha:?}],"metallicFactor":{:?},"roughnessFactor":{:?}"#,
            material.metallic, material.roughness
        );
        if let Some(picture) = &material.picture {
            let view = self.view(&picture.to_rough_png()?, None);
            self.images
                .push(format!(r#"{{"bufferView":{view},"mimeType":"image/png"}}"#));
            let _ = write!(
                metal,
                r#","baseColorTexture":{{"index":{}}}"#,
                self.images.len() - 1
            );
        }
        let mut text = format!(
            r#"{{"name":"{}","pbrMetallicRoughness":{{{metal}}}"#,
            material.name
        );
        if material.emissive != [0.0; 3] {
            let [red, green, blue] = material.emissive;
            let _ = write!(text, r#","emissiveFactor":[{red:?},{green:?},{blue:?}]"#);
        }
        if material.is_transparent() {
            text += r#","alphaMode":"BLEND""#;
        }
        if material.double_sided {
            text += r#","doubleSided":true"#;
        }
        Ok(text + "}")
    }

    fn finish(mut self, primitives: &[String], materials: &[String]) -> Vec<u8> {
        while !self.data.len().is_multiple_of(4) {
            self.data.push(0);
        }
        let mut json = format!(
            concat!(
                r#"{{"asset":{{"version":"2.0","generator":"moretta-art"}},"scene":0,"scenes":[{{"nodes":[0]}}],"#,
                r#""nodes":[{{"mesh":0}}],"meshes":[{{"primitives":[{}]}}],"materials":[{}],"#,
                r#""buffers":[{{"byteLength":{}}}],"bufferViews":[{}],"accessors":[{}]"#
            ),
            primitives.join(","),
            materials.join(","),
            self.data.len(),
            self.views.join(","),
            self.accessors.join(",")
        );
        if !self.images.is_empty() {
            let textures: Vec<String> = (0..self.images.len())
                .map(|it| format!(r#"{{"source":{it}}}"#))
                .collect();
            let _ = write!(
                json,
                r#","images":[{}],"textures":[{}]"#,
                self.images.join(","),
                textures.join(",")
            );
        }
        json.push('}');
        while !json.len().is_multiple_of(4) {
            json.push(' ');
        }
        let mut file = Vec::new();
        let word = |file: &mut Vec<u8>, it: usize| file.extend((it as u32).to_le_bytes());
        file.extend(b"glTF");
        word(&mut file, 2);
        word(&mut file, 12 + 8 + json.len() + 8 + self.data.len());
        word(&mut file, json.len());
        file.extend(b"JSON");
        file.extend(json.as_bytes());
        word(&mut file, self.data.len());
        file.extend(b"BIN\0");
        file.extend(self.data);
        file
    }
}
