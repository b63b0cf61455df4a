//! A small renderer for thumbnails: triangles, light, flat pictures. Slow, plain, the same everywhere.

use glam::{Affine3A, Vec2, Vec3};

use crate::Picture;
use crate::glb::{Material, Model, linear_from_srgb, srgb_from_linear};
use crate::solid::Solid;

/// What is drawn on, seen by a camera at the origin that looks along -z, y up.
pub struct Scene {
    width: usize,
    height: usize,
    /// How many pixels wide something is that is as wide as it is far.
    focal: f32,
    centre: Vec2,
    /// Linear.
    colours: Vec<Vec3>,
    /// How far before the camera, in millimetres.
    depths: Vec<f32>,
}

/// What a pixel of a triangle knows.
struct Fragment {
    place: Vec3,
    normal: Vec3,
    uv: Vec2,
    behind: Vec3,
}

/// How a picture is laid over what is behind it, as `moretta_pack::Blend` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// The picture.
    Normal,
    /// Both multiplied.
    Multiply,
    /// Both inverted, multiplied, inverted.
    Screen,
    /// Both added.
    Add,
    /// As the W3C's Compositing and Blending Level 1 says.
    SoftLight,
}

/// A flat picture in the scene.
pub struct Board {
    /// The middle, before the camera.
    pub place: Vec3,
    /// From the middle to the right edge.
    pub right: Vec3,
    /// From the middle to the upper edge.
    pub up: Vec3,
    /// Whether what is nearer hides it.
    pub hidden: bool,
    /// How it is laid over what is behind it.
    pub mix: Mix,
}

impl Scene {
    /// An empty one before `background`, which is as large as the scene.
    #[must_use]
    pub fn new(background: &Picture, focal: f32) -> Self {
        let colours = background
            .pixels
            .iter()
            .map(|it| Vec3::new(it[0], it[1], it[2]))
            .map(linear3)
            .collect();
        Self {
            width: background.width,
            height: background.height,
            focal,
            centre: Vec2::new(background.width as f32, background.height as f32) / 2.0,
            colours,
            depths: vec![f32::INFINITY; background.pixels.len()],
        }
    }

    /// What was drawn.
    #[must_use]
    pub fn picture(&self) -> Picture {
        let pixels = self
            .colours
            .iter()
            .map(|it| {
                let [red, green, blue] = it.to_array().map(|it| srgb_from_linear(it.clamp(0.0, 1.0)));
                [red, green, blue, 1.0]
            })
            .collect();
        Picture {
            width: self.width,
            height: self.height,
            pixels,
        }
    }

    /// Draws `solid` of one material. What is transparent is to be drawn after what is behind it.
    pub fn draw(&mut self, solid: &Solid, camera_from_model: Affine3A, material: &Material) {
        let opaque = !material.is_transparent();
        let glassy = material.colour[3] < 1.0;
        self.triangles(
            solid,
            camera_from_model,
            material.double_sided,
            opaque,
            |fragment| {
                let [red, green, blue, mut alpha] = material.colour;
                let mut colour = Vec3::new(red, green, blue);
                if let Some(picture) = &material.picture {
                    let size = Vec2::new(picture.width as f32, picture.height as f32);
                    let (texel, cover) =
                        straight(picture.sample(fragment.uv.x * size.x, fragment.uv.y * size.y));
                    colour *= texel;
                    alpha *= cover;
                }
                let lit = shade(fragment, colour, material.metallic, material.roughness);
                // Glass mirrors although it is transparent.
                let glint = if glassy {
                    mirrored(fragment, 0.05, material.roughness)
                } else {
                    Vec3::ZERO
                };
                (
                    lit + Vec3::from_array(material.emissive) + glint * (1.0 - alpha),
                    alpha.max(glint.max_element()),
                )
            },
        );
    }

    /// Draws all parts of a model, those that are transparent last.
    pub fn draw_model(&mut self, model: &Model, camera_from_model: Affine3A) {
        for transparent in [false, true] {
            for (material, solid) in &model.parts {
                let material = &model.materials[*material];
                if material.is_transparent() == transparent {
                    self.draw(solid, camera_from_model, material);
                }
            }
        }
    }

    /// Hides what lies behind `solid` and will be drawn, without drawing it.
    pub fn occlude(&mut self, solid: &Solid, camera_from_model: Affine3A) {
        self.triangles(solid, camera_from_model, false, true, |fragment| {
            (fragment.behind, 1.0)
        });
    }

    /// Lays `picture` on a surface by its texture coordinates. `light` is how bright the surface is there, 1 being
    /// neutral, by what was drawn.
    pub fn paint(
        &mut self,
        solid: &Solid,
        camera_from_model: Affine3A,
        picture: &Picture,
        mix: Mix,
        opacity: f32,
        light: impl Fn(Vec3) -> f32,
    ) {
        let size = Vec2::new(picture.width as f32, picture.height as f32);
        self.triangles(solid, camera_from_model, false, false, |fragment| {
            let (colour, alpha) = straight(picture.sample(fragment.uv.x * size.x, fragment.uv.y * size.y));
            let colour = colour * light(fragment.behind);
            (mixed(mix, colour, fragment.behind), alpha * opacity)
        });
    }

    /// Lays a flat picture over what was drawn.
    pub fn board(&mut self, picture: &Picture, board: &Board, opacity: f32) {
        let corner = |x: f32, y: f32| board.place + board.right * x + board.up * y;
        let solid = Solid {
            positions: vec![
                corner(-1.0, -1.0),
                corner(1.0, -1.0),
                corner(1.0, 1.0),
                corner(-1.0, 1.0),
            ],
            normals: vec![Vec3::Z; 4],
            uvs: vec![Vec2::Y, Vec2::ONE, Vec2::X, Vec2::ZERO],
            triangles: vec![[0, 1, 2], [0, 2, 3]],
        };
        let depths = (!board.hidden).then(|| self.depths.clone());
        if depths.is_some() {
            self.depths.fill(f32::INFINITY);
        }
        let size = Vec2::new(picture.width as f32, picture.height as f32);
        self.triangles(&solid, Affine3A::IDENTITY, true, false, |fragment| {
            let (colour, alpha) = straight(picture.sample(fragment.uv.x * size.x, fragment.uv.y * size.y));
            (mixed(board.mix, colour, fragment.behind), alpha * opacity)
        });
        if let Some(depths) = depths {
            self.depths = depths;
        }
    }

    /// Gives all that was drawn another colour; both in sRGB.
    pub fn grade(&mut self, change: impl Fn([f32; 3]) -> [f32; 3]) {
        for it in &mut self.colours {
            *it = linear3(Vec3::from_array(change(srgb3(*it).to_array())));
        }
    }

    /// Half as much as is seen from side to side at `distance`.
    #[must_use]
    pub fn half_view(&self, distance: f32) -> f32 {
        self.width as f32 / 2.0 * distance / self.focal
    }

    fn triangles(
        &mut self,
        solid: &Solid,
        camera_from_model: Affine3A,
        double_sided: bool,
        keeps_depth: bool,
        colour: impl Fn(&Fragment) -> (Vec3, f32),
    ) {
        let normals = camera_from_model.matrix3.inverse().transpose();
        let places: Vec<Vec3> = solid
            .positions
            .iter()
            .map(|it| camera_from_model.transform_point3(*it))
            .collect();
        let pixels: Vec<Vec2> = places
            .iter()
            .map(|it| self.centre + Vec2::new(it.x, -it.y) * (self.focal / -it.z))
            .collect();
        for corners in &solid.triangles {
            let corners = corners.map(|it| it as usize);
            let [a, b, c] = corners.map(|it| pixels[it]);
            let area = (b - a).perp_dot(c - a);
            // y runs down, so what is counterclockwise in space has an area below 0.
            let front = area < 0.0;
            if corners.iter().any(|it| places[*it].z > -1.0) || area == 0.0 || !(front || double_sided) {
                continue;
            }
            let least = a.min(b).min(c).floor().max(Vec2::ZERO);
            let most = a
                .max(b)
                .max(c)
                .ceil()
                .min(Vec2::new(self.width as f32, self.height as f32));
            for y in least.y as usize..most.y.max(0.0) as usize {
                for x in least.x as usize..most.x.max(0.0) as usize {
                    let pixel = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
                    let parts = [
                        (b - pixel).perp_dot(c - pixel) / area,
                        (c - pixel).perp_dot(a - pixel) / area,
                        (a - pixel).perp_dot(b - pixel) / area,
                    ];
                    // A pixel on an edge belongs to one of the two triangles.
                    let outside =
                        |part: f32, edge: Vec2| part < 0.0 || part == 0.0 && (edge.y, edge.x) > (0.0, 0.0);
                    if outside(parts[0], c - b) || outside(parts[1], a - c) || outside(parts[2], b - a) {
                        continue;
                    }
                    // In perspective what is linear in space is so over the distance.
                    let over = [0, 1, 2].map(|it| parts[it] / -places[corners[it]].z);
                    let depth = 1.0 / over.iter().sum::<f32>();
                    let at = y * self.width + x;
                    if depth > self.depths[at] {
                        continue;
                    }
                    let weights = over.map(|it| it * depth);
                    let blend3 = |of: &[Vec3]| (0..3).map(|it| of[corners[it]] * weights[it]).sum::<Vec3>();
                    let normal = (normals * blend3(&solid.normals)).normalize_or_zero();
                    let fragment = Fragment {
                        place: blend3(&places),
                        normal: if front { normal } else { -normal },
                        uv: (0..3).map(|it| solid.uvs[corners[it]] * weights[it]).sum(),
                        behind: self.colours[at],
                    };
                    let (colour, alpha) = colour(&fragment);
                    let alpha = alpha.clamp(0.0, 1.0);
                    self.colours[at] = self.colours[at].lerp(colour, alpha);
                    if keeps_depth {
                        self.depths[at] = depth;
                    }
                }
            }
        }
    }
}

fn linear3(srgb: Vec3) -> Vec3 {
    Vec3::from_array(srgb.to_array().map(linear_from_srgb))
}

fn srgb3(linear: Vec3) -> Vec3 {
    Vec3::from_array(linear.to_array().map(|it| srgb_from_linear(it.clamp(0.0, 1.0))))
}

/// A pixel's colour, linear, and its alpha.
fn straight(pixel: [f32; 4]) -> (Vec3, f32) {
    let [red, green, blue, alpha] = pixel;
    if alpha <= 0.0 {
        return (Vec3::ZERO, 0.0);
    }
    (linear3(Vec3::new(red, green, blue) / alpha), alpha)
}

fn mixed(mix: Mix, above: Vec3, below: Vec3) -> Vec3 {
    match mix {
        Mix::Normal => above,
        Mix::Multiply => above * below,
        Mix::Screen => above + below - above * below,
        Mix::Add => (above + below).min(Vec3::ONE),
        Mix::SoftLight => {
            let (above, below) = (srgb3(above), srgb3(below));
            let soft = |s: f32, b: f32| {
                if s <= 0.5 {
                    return b - (1.0 - 2.0 * s) * b * (1.0 - b);
                }
                let d = if b <= 0.25 {
                    ((16.0 * b - 12.0) * b + 4.0) * b
                } else {
                    b.sqrt()
                };
                b + (2.0 * s - 1.0) * (d - b)
            };
            linear3(Vec3::new(
                soft(above.x, below.x),
                soft(above.y, below.y),
                soft(above.z, below.z),
            ))
        }
    }
}

/// A studio: what is seen in a direction, more blurred with more `roughness`. A large soft light before and above at
/// the left, a smaller one at the right, a bright ceiling, a darker floor.
fn studio(direction: Vec3, roughness: f32) -> Vec3 {
    let spot = |towards: Vec3, size: f32| {
        let near = direction.dot(towards.normalize_or_zero());
        let blur = 0.04 + 0.6 * roughness * roughness;
        let inner = (near - (1.0 - size)) / blur + 0.5;
        let inner = inner.clamp(0.0, 1.0);
        inner * inner * (3.0 - 2.0 * inner) * (size / (size + blur * 0.35))
    };
    let high = (direction.y * 0.5 + 0.5).clamp(0.0, 1.0);
    Vec3::new(0.30, 0.29, 0.30).lerp(Vec3::new(0.72, 0.76, 0.82), high * high)
        + Vec3::new(3.4, 3.25, 3.0) * spot(Vec3::new(-0.55, 0.65, 0.6), 0.10)
        + Vec3::new(1.1, 1.2, 1.45) * spot(Vec3::new(0.85, 0.25, 0.35), 0.06)
}

/// What a surface of reflectance `base` mirrors.
fn mirrored(fragment: &Fragment, base: f32, roughness: f32) -> Vec3 {
    let eye = -fragment.place.normalize_or_zero();
    let facing = fragment.normal.dot(eye).clamp(0.0, 1.0);
    let fresnel = base + (1.0 - roughness).max(base) * (1.0 - facing).powi(5);
    studio(fragment.normal * (2.0 * facing) - eye, roughness) * fresnel.min(1.0)
}

fn shade(fragment: &Fragment, colour: Vec3, metallic: f32, roughness: f32) -> Vec3 {
    let normal = fragment.normal;
    let lamp = |towards: Vec3, light: Vec3, wrap: f32| {
        let facing = normal.dot(towards.normalize_or_zero());
        light * ((facing + wrap) / (1.0 + wrap)).max(0.0)
    };
    let high = normal.y * 0.5 + 0.5;
    let light = Vec3::new(0.20, 0.19, 0.19).lerp(Vec3::new(0.40, 0.42, 0.45), high)
        + lamp(Vec3::new(-0.55, 0.65, 0.6), Vec3::new(0.74, 0.71, 0.66), 0.25)
        + lamp(Vec3::new(0.85, 0.15, 0.25), Vec3::new(0.13, 0.15, 0.19), 0.1);
    let eye = -fragment.place.normalize_or_zero();
    let facing = normal.dot(eye).clamp(0.0, 1.0);
    let base = Vec3::splat(0.04).lerp(colour, metallic);
    let edge = (1.0 - facing).powi(5) * (1.0 - roughness);
    let fresnel = base + (Vec3::ONE - base) * edge;
    let glossy = studio(normal * (2.0 * facing) - eye, roughness) * fresnel;
    colour * light * (1.0 - metallic) + glossy * (1.0 - 0.45 * roughness)
}
