//! Drawn backgrounds with drawn faces on them, and drawn artwork.

use glam::{Vec2, Vec3};
use moretta_geometry::{canonical, occluder, region};
use moretta_golden::Picture;
use moretta_pack::{AlphaMode, Image, Material, Mesh, Model, Texels};

use super::face::Head;

/// A picture that is drawn pixel by pixel.
pub(crate) fn drawn(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Picture {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    Picture::new(width, height, places.flat_map(|(x, y)| pixel(x, y)).collect()).unwrap()
}

/// A wall with stripes, lighter towards the upper left.
pub(crate) fn wall(width: u32, height: u32) -> Picture {
    drawn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let stripe = if (x / 24 + y / 24) % 2 == 0 { 1.0 } else { 0.92 };
        let light = (1.0 - 0.35 * u - 0.3 * v) * stripe;
        [150.0, 165.0, 175.0]
            .map(|level| (level * light) as u8)
            .extend(255)
    })
}

trait Extend {
    fn extend(self, alpha: u8) -> [u8; 4];
}

impl Extend for [u8; 3] {
    fn extend(self, alpha: u8) -> [u8; 4] {
        [self[0], self[1], self[2], alpha]
    }
}

/// Bytes that have nothing to do with each other.
pub(crate) fn noise(width: u32, height: u32, seed: u32) -> Picture {
    let mut state = seed | 1;
    let mut bytes = vec![0; (width * height * 4) as usize];
    for byte in &mut bytes {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *byte = (state >> 11) as u8;
    }
    Picture::new(width, height, bytes).unwrap()
}

/// Somebody before the wall.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) head: Head,
    /// In sRGB, where the light falls on it.
    pub(crate) skin: [f32; 3],
    /// Whether hair hangs over the forehead.
    pub(crate) fringe: bool,
    /// The landmark with a mole on it.
    pub(crate) mole: Option<usize>,
}

/// A wall with people before it, all of one skin.
pub(crate) fn people(width: u32, height: u32, heads: &[Head]) -> Picture {
    let everyone: Vec<_> = heads
        .iter()
        .map(|head| Person {
            head: head.clone(),
            skin: [215.0, 165.0, 140.0],
            fringe: false,
            mole: None,
        })
        .collect();
    persons(width, height, &everyone)
}

/// A wall with people before it.
pub(crate) fn persons(width: u32, height: u32, everyone: &[Person]) -> Picture {
    let mut canvas = Canvas {
        size: (width, height),
        pixels: wall(width, height).pixels().to_vec(),
        depth: vec![f32::INFINITY; (width * height) as usize],
    };
    for person in everyone {
        canvas.person(person);
    }
    let bytes = canvas.pixels.into_iter().flatten().collect();
    Picture::new(width, height, bytes).unwrap()
}

struct Canvas {
    size: (u32, u32),
    pixels: Vec<[u8; 4]>,
    depth: Vec<f32>,
}

const LIGHT: Vec3 = Vec3::new(-0.5, 0.5, 0.7);

impl Canvas {
    /// A head of hair, a face before it, and on that eyes, brows and lips.
    fn person(&mut self, person: &Person) {
        let head = &person.head;
        let shell = occluder::head_positions().map(|place| (head.pose.camera_from_face() * place).raw());
        for triangle in occluder::head_triangles() {
            let corners = triangle.map(|vertex| shell[usize::from(vertex)]);
            self.triangle(head, corners, [70.0, 48.0, 36.0]);
        }
        for triangle in canonical::triangles() {
            let corners = triangle.map(|vertex| Vec3::from(head.mm[usize::from(vertex)]));
            self.triangle(head, corners, person.skin);
        }
        let ring = |ring: &[u16]| -> Vec<Vec2> {
            ring.iter()
                .map(|it| Vec2::from(head.px(usize::from(*it))))
                .collect()
        };
        for (eye, iris) in [(&region::LEFT_EYE, 473), (&region::RIGHT_EYE, 468)] {
            let eye = ring(eye);
            self.polygon(&eye, |_| true, [238, 238, 240, 255]);
            let middle = Vec2::from(head.px(iris));
            let radius = (eye[0].distance(eye[8]) * 0.22).max(1.0);
            self.polygon(&eye, |place| place.distance(middle) < radius, [60, 90, 110, 255]);
        }
        self.polygon(&ring(&region::LEFT_BROW), |_| true, [66, 46, 34, 255]);
        self.polygon(&ring(&region::RIGHT_BROW), |_| true, [66, 46, 34, 255]);
        self.polygon(&ring(&region::LIPS_OUTER), |_| true, [178, 84, 84, 255]);
        self.polygon(&ring(&region::LIPS_INNER), |_| true, [70, 20, 22, 255]);
        if person.fringe {
            let forehead = [
                54, 103, 67, 109, 10, 338, 297, 332, 284, 298, 333, 299, 337, 151, 108, 69, 104, 68,
            ];
            self.polygon(&ring(&forehead), |_| true, [52, 36, 27, 255]);
        }
        if let Some(mole) = person.mole {
            let middle = Vec2::from(head.px(mole));
            let reach = Vec2::from(head.px(33)).distance(Vec2::from(head.px(263))) * 0.04;
            let around = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
            let square = around.map(|(x, y)| middle + Vec2::new(x, y) * reach);
            let colour = person.skin.map(|level| (level * 0.25) as u8).extend(255);
            self.polygon(&square, |_| true, colour);
        }
    }

    /// A triangle before the camera, shaded by how it faces the light.
    fn triangle(&mut self, head: &Head, corners: [Vec3; 3], colour: [f32; 3]) {
        let scale = head.px(4)[0] - self.size.0 as f32 * 0.5;
        let _ = scale;
        let focal = self.size.1 as f32 * 0.5 / (super::face::FOV_Y_RAD * 0.5).tan();
        let middle = Vec2::new(self.size.0 as f32, self.size.1 as f32) * 0.5;
        let px = corners.map(|it| Vec2::new(it.x, -it.y) / -it.z * focal + middle);
        let area = (px[1] - px[0]).perp_dot(px[2] - px[0]);
        // Counterclockwise with y up is clockwise with y down.
        if area >= 0.0 {
            return;
        }
        let normal = (corners[1] - corners[0])
            .cross(corners[2] - corners[0])
            .normalize_or_zero();
        let shade = 0.35 + 0.65 * normal.dot(LIGHT.normalize_or_zero()).max(0.0);
        let colour = colour.map(|level| (level * shade) as u8).extend(255);
        let low = px[0].min(px[1]).min(px[2]).floor().max(Vec2::ZERO);
        let high = px[0].max(px[1]).max(px[2]).ceil();
        for y in low.y as u32..(high.y.max(0.0) as u32).min(self.size.1) {
            for x in low.x as u32..(high.x.max(0.0) as u32).min(self.size.0) {
                let at = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
                let shares = [
                    (px[1] - at).perp_dot(px[2] - at) / area,
                    (px[2] - at).perp_dot(px[0] - at) / area,
                    (px[0] - at).perp_dot(px[1] - at) / area,
                ];
                if shares.iter().any(|share| *share < 0.0) {
                    continue;
                }
                let distance: f32 = shares.iter().zip(corners).map(|(share, it)| share * -it.z).sum();
                let index = (y * self.size.0 + x) as usize;
                if distance < self.depth[index] {
                    self.depth[index] = distance;
                    self.pixels[index] = colour;
                }
            }
        }
    }

    fn polygon(&mut self, ring: &[Vec2], wanted: impl Fn(Vec2) -> bool, colour: [u8; 4]) {
        for y in 0..self.size.1 {
            for x in 0..self.size.0 {
                let at = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
                let next = ring.iter().cycle().skip(1);
                let crossed = ring.iter().zip(next).filter(|(a, b)| {
                    (a.y > at.y) != (b.y > at.y) && at.x < a.x + (b.x - a.x) * (at.y - a.y) / (b.y - a.y)
                });
                if crossed.count() % 2 == 1 && wanted(at) {
                    self.pixels[(y * self.size.0 + x) as usize] = colour;
                }
            }
        }
    }
}

/// Artwork in sRGB.
pub(crate) fn image(picture: &Picture) -> Image {
    let (width, height) = picture.size();
    Image {
        width,
        height,
        texels: Texels::Srgb,
        rgba: picture.rgba().to_vec(),
    }
}

/// One colour.
pub(crate) fn plain(colour: [u8; 4]) -> Image {
    image(&drawn(4, 4, |_, _| colour))
}

/// An arrow that points up, red on its left half and blue on its right, on nothing, with a soft edge.
pub(crate) fn arrow() -> Image {
    image(&drawn(64, 64, |x, y| {
        let (u, v) = ((x as f32 + 0.5) / 32.0 - 1.0, (y as f32 + 0.5) / 32.0 - 1.0);
        let head = -u.abs() + (v + 0.9) * 0.9;
        let shaft = (0.28 - u.abs()).min(0.9 - v).min(v + 0.2);
        let inside = if v < 0.0 {
            head.min(-v + 0.02).max(shaft)
        } else {
            shaft
        };
        let alpha = (inside * 32.0 + 0.5).clamp(0.0, 1.0);
        let colour = if u < 0.0 { [230, 60, 50] } else { [50, 80, 220] };
        colour.extend((alpha * 255.0) as u8)
    }))
}

/// Stripes on the cheeks and the forehead, in the canonical texture: 256 texels a side.
pub(crate) fn war_paint() -> Image {
    image(&drawn(256, 256, |x, y| {
        let (u, v) = ((x as f32 + 0.5) / 256.0, (y as f32 + 0.5) / 256.0);
        let stripe = (v * 24.0).fract() < 0.5;
        let colour = if u < 0.5 { [40, 90, 200] } else { [200, 60, 40] };
        colour.extend(if stripe { 220 } else { 0 })
    }))
}

/// A sphere of `radius` about `middle`.
pub(crate) fn sphere(radius: f32, middle: [f32; 3], material: usize) -> Mesh {
    const RINGS: usize = 24;
    const SEGMENTS: usize = 32;
    let mut mesh = Mesh {
        positions: Vec::new(),
        normals: Vec::new(),
        uvs: Vec::new(),
        indices: Vec::new(),
        material,
        morphs: Vec::new(),
    };
    for ring in 0..=RINGS {
        for segment in 0..=SEGMENTS {
            let down = core::f32::consts::PI * ring as f32 / RINGS as f32;
            let round = core::f32::consts::TAU * segment as f32 / SEGMENTS as f32;
            let normal = Vec3::new(down.sin() * round.sin(), down.cos(), down.sin() * round.cos());
            mesh.positions
                .push((Vec3::from(middle) + normal * radius).to_array());
            mesh.normals.push(normal.to_array());
            mesh.uvs
                .push([segment as f32 / SEGMENTS as f32, ring as f32 / RINGS as f32]);
        }
    }
    for ring in 0..RINGS as u32 {
        for segment in 0..SEGMENTS as u32 {
            let row = SEGMENTS as u32 + 1;
            let (a, b) = (ring * row + segment, (ring + 1) * row + segment);
            mesh.indices.extend([a, b, b + 1, a, b + 1, a + 1]);
        }
    }
    mesh
}

pub(crate) fn material(colour: [f32; 4], metallic: f32, roughness: f32) -> Material {
    Material {
        base_colour: colour,
        base_colour_image: None,
        metallic,
        roughness,
        metallic_roughness_image: None,
        normal_image: None,
        normal_scale: 1.0,
        emissive: [0.0; 3],
        emissive_image: None,
        alpha: AlphaMode::Opaque,
        double_sided: false,
    }
}

pub(crate) fn model(meshes: Vec<Mesh>, materials: Vec<Material>) -> Model {
    Model {
        meshes,
        materials,
        images: Vec::new(),
    }
}
