//! Thumbnails: a pack's artwork, worn by a mannequin.

use glam::{Affine3A, Vec2, Vec3};

use crate::bust::Bust;
use crate::glb::{Material, Model, linear};
use crate::scene::{Board, Mix, Scene};
use crate::{Error, Picture, Sources};

/// How many pixels a thumbnail is wide and high.
pub const SIDE: usize = 256;

/// How many pixels are drawn for each along a side.
const FINER: usize = 3;

/// The middle of one eye to that of the other on the average face, which sizes and offsets of stickers are in.
pub const IOD: f32 = 63.0;

const CLAY: u32 = 0xd9bfae;
const DISTANCE: f32 = 1100.0;

/// What all thumbnails have: sources and the mannequin.
pub struct Studio<'a> {
    /// Where drawings come from.
    pub sources: &'a Sources,
    bust: Bust,
    make_up: Picture,
}

impl<'a> Studio<'a> {
    /// Builds the mannequin.
    ///
    /// # Errors
    /// If its drawing cannot be read.
    pub fn new(sources: &'a Sources) -> Result<Self, Error> {
        let make_up = sources.face("mannequin", 1024)?;
        Ok(Self {
            sources,
            bust: Bust::new(),
            make_up,
        })
    }
}

/// A thumbnail in the making. All places are in `FaceMm`.
pub struct Stage<'a> {
    studio: &'a Studio<'a>,
    scene: Scene,
    camera_from_face: Affine3A,
}

/// A flat picture, as the node `sticker2d` has it.
#[derive(Clone, Copy, Debug)]
pub struct Sticker {
    /// Where its pivot lies.
    pub at: Vec3,
    /// Its width, in inter-ocular distances.
    pub size: f32,
    /// Added to `at`, in inter-ocular distances.
    pub offset: Vec3,
    /// The place in the picture that lies there.
    pub pivot: Vec2,
    /// Counterclockwise, in degrees.
    pub rotation: f32,
    /// Whether it turns with the head, instead of facing the camera.
    pub full3d: bool,
    /// Whether what is nearer hides it.
    pub hidden: bool,
    /// How it is laid over what is behind it.
    pub mix: Mix,
}

impl Sticker {
    /// One at `at` with its middle, `size` wide, that faces the camera.
    #[must_use]
    pub fn new(at: Vec3, size: f32) -> Self {
        Self {
            at,
            size,
            offset: Vec3::ZERO,
            pivot: Vec2::splat(0.5),
            rotation: 0.0,
            full3d: false,
            hidden: false,
            mix: Mix::Normal,
        }
    }
}

/// Two colours of a background, in sRGB: in the middle, and at its edge.
pub type Palette = [u32; 2];

impl<'a> Stage<'a> {
    /// The mannequin before a background, turned by `yaw` to the right of the picture and by `pitch` downwards, in
    /// radians; `centre_y` of the face is in the middle, and `span` millimetres are seen.
    #[must_use]
    pub fn new(
        studio: &'a Studio<'a>,
        palette: Palette,
        yaw: f32,
        pitch: f32,
        centre_y: f32,
        span: f32,
    ) -> Self {
        let mut stage = Self::empty(studio, palette, yaw, pitch, centre_y, span);
        let clay = Material::new("clay", CLAY, 0.0, 0.62);
        let place = stage.camera_from_face;
        let shirt = Material::new("shirt", 0x8e97a6, 0.0, 0.8);
        stage.scene.draw(&studio.bust.neck, place, &clay);
        stage.scene.draw(&studio.bust.head, place, &clay);
        stage.scene.draw(&studio.bust.face, place, &clay);
        stage.scene.draw(&studio.bust.shirt, place, &shirt);
        stage.paint(&studio.make_up, Mix::Normal, 1.0);
        stage
    }

    /// The background alone.
    #[must_use]
    pub fn empty(
        studio: &'a Studio<'a>,
        palette: Palette,
        yaw: f32,
        pitch: f32,
        centre_y: f32,
        span: f32,
    ) -> Self {
        let side = SIDE * FINER;
        let [inner, outer] = palette.map(crate::hair::rgb);
        let background = Picture::from_fn(side, side, |x, y| {
            let away = (Vec2::new(x, y) / side as f32 - Vec2::new(0.5, 0.42)).length();
            let [red, green, blue] = crate::hair::between(inner, outer, (away / 0.72).powf(1.3));
            [red, green, blue, 1.0]
        });
        let camera_from_face = Affine3A::from_translation(Vec3::new(0.0, 0.0, -DISTANCE))
            * Affine3A::from_rotation_x(pitch)
            * Affine3A::from_rotation_y(yaw)
            * Affine3A::from_translation(Vec3::new(0.0, -centre_y, 0.0));
        Self {
            studio,
            scene: Scene::new(&background, side as f32 * DISTANCE / span),
            camera_from_face,
        }
    }

    /// Lays `picture` on the face, in canonical UV.
    pub fn paint(&mut self, picture: &Picture, mix: Mix, opacity: f32) {
        let neutral = Vec3::from_array(linear(CLAY)).element_sum();
        let (face, place) = (&self.studio.bust.face, self.camera_from_face);
        self.scene.paint(face, place, picture, mix, opacity, |behind| {
            behind.element_sum() / neutral
        });
    }

    /// Puts a model's origin to `at`.
    pub fn prop(&mut self, model: &Model, at: Vec3) {
        self.prop_turned(model, at, Vec3::ZERO);
    }

    /// Puts a model's origin to `at`, turned about the axes of the face, x first, then y, then z, in radians.
    pub fn prop_turned(&mut self, model: &Model, at: Vec3, turn: Vec3) {
        let face_from_model = Affine3A::from_translation(at)
            * Affine3A::from_rotation_z(turn.z)
            * Affine3A::from_rotation_y(turn.y)
            * Affine3A::from_rotation_x(turn.x);
        self.scene
            .draw_model(model, self.camera_from_face * face_from_model);
    }

    /// Puts a flat picture on the face.
    pub fn sticker(&mut self, picture: &Picture, sticker: &Sticker, opacity: f32) {
        let towards = |it: Vec3| self.camera_from_face.transform_vector3(it);
        let (right, up) = if sticker.full3d {
            (towards(Vec3::X), towards(Vec3::Y))
        } else {
            (Vec3::X, Vec3::Y)
        };
        let (sin, cos) = sticker.rotation.to_radians().sin_cos();
        let (right, up) = (right * cos + up * sin, up * cos - right * sin);
        let width = sticker.size * IOD;
        let height = width * picture.height as f32 / picture.width as f32;
        let pivot = self
            .camera_from_face
            .transform_point3(sticker.at + sticker.offset * IOD);
        let place =
            pivot + right * (width * (0.5 - sticker.pivot.x)) - up * (height * (0.5 - sticker.pivot.y));
        let board = Board {
            place,
            right: right * (width / 2.0),
            up: up * (height / 2.0),
            hidden: sticker.hidden,
            mix: sticker.mix,
        };
        self.scene.board(picture, &board, opacity);
    }

    /// Lays a picture over all.
    pub fn overlay(&mut self, picture: &Picture, mix: Mix, opacity: f32) {
        let half = self.scene.half_view(DISTANCE);
        let board = Board {
            place: Vec3::new(0.0, 0.0, -DISTANCE),
            right: Vec3::X * half,
            up: Vec3::Y * half,
            hidden: false,
            mix,
        };
        self.scene.board(picture, &board, opacity);
    }

    /// Gives all another colour; both in sRGB.
    pub fn grade(&mut self, change: impl Fn([f32; 3]) -> [f32; 3]) {
        self.scene.grade(change);
    }

    /// The thumbnail, as PNG.
    ///
    /// # Errors
    /// [`Error::Png`] if it cannot be encoded.
    pub fn preview(&self) -> Result<Vec<u8>, Error> {
        self.scene.picture().reduced(FINER).to_png()
    }
}
