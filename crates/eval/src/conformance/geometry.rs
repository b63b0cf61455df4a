//! The pose and the metric face against the reference's.

use std::path::Path;

use moretta_geometry::{FacePose, FrameLandmarks, LANDMARKS, canonical, measure_as_reference};
use moretta_space::{FramePx, Point3, Size};

use crate::error::EvalError;
use crate::judge::{Judge, json_numbers, largest_difference, proto_numbers, read_json};

/// Of `face_geometry_from_landmarks_graph_test.cc`, and the frame's size there.
const TOLERANCE: f64 = 1e-4;
pub(crate) const FRAME: [u32; 2] = [820, 1024];

/// The reference solves in `f32`, and is itself off by so much here against the same steps in `f64`.
const ASTRONAUT_TOLERANCE: f64 = 3e-4;

/// MediaPipe's own golden in `folder`: all numbers of the matrix and of the mesh, lengths in centimetres.
pub(crate) fn of_reference(judge: &mut Judge, folder: &Path) {
    judge.golden("face_geometry", face_geometry(folder), TOLERANCE);
}

/// The matrix of the astronaut, as it comes with `moretta-geometry` in the file at `path`.
pub(crate) fn committed(judge: &mut Judge, path: &Path) {
    judge.golden("face_geometry_astronaut", astronaut(path), ASTRONAUT_TOLERANCE);
}

/// The landmarks of `face_blendshapes_in_landmarks.prototxt`, in pixels as the reference counts them.
pub(crate) fn landmarks(path: &Path) -> Result<Vec<[f32; 3]>, EvalError> {
    let [x, y, z] = ["x", "y", "z"].map(|name| proto_numbers(path, name, LANDMARKS));
    let (x, y, z) = (x?, y?, z?);
    Ok(in_pixels(FRAME, |index| [x[index], y[index], z[index]]))
}

fn in_pixels([width, height]: [u32; 2], at: impl Fn(usize) -> [f32; 3]) -> Vec<[f32; 3]> {
    let (width, height) = (width as f32, height as f32);
    (0..LANDMARKS)
        .map(|index| {
            let [x, y, z] = at(index);
            [x * width, y * height, z * width]
        })
        .collect()
}

fn face_geometry(folder: &Path) -> Result<f64, EvalError> {
    let points = landmarks(&folder.join("face_blendshapes_in_landmarks.prototxt"))?;
    let expected = folder.join("face_geometry_expected_out.pbtxt");
    let mesh = proto_numbers(&expected, "vertex_buffer", 5 * canonical::VERTICES)?;
    let matrix = proto_numbers(&expected, "packed_data", 16)?;
    let (pose, metric) = measured(FRAME, &points)?;
    let found = metric.iter().take(canonical::VERTICES).flat_map(|place| {
        let place = pose.face_from_camera() * Point3::from_raw((*place).into());
        place.raw().to_array().map(|it| it / 10.0)
    });
    let mesh = mesh
        .chunks_exact(5)
        .flat_map(|vertex| [vertex[0], vertex[1], vertex[2]]);
    let of_mesh = largest_difference(found, mesh);
    let of_matrix = largest_difference(columns(pose).into_iter().flatten(), matrix);
    Ok(worse(of_mesh, of_matrix))
}

fn astronaut(path: &Path) -> Result<f64, EvalError> {
    let pictures = read_json(path)?;
    let picture = &pictures[0];
    let side = |name: &str| picture[name].as_u64().and_then(|it| u32::try_from(it).ok());
    let (Some(width), Some(height)) = (side("width"), side("height")) else {
        return Err(EvalError::malformed(path.display().to_string(), "a size", "none"));
    };
    let numbers = json_numbers(&picture["points"], "points", 3 * LANDMARKS)?;
    let rows = json_numbers(&picture["matrix_cm"], "matrix_cm", 16)?;
    let points = in_pixels([width, height], |index| {
        [numbers[3 * index], numbers[3 * index + 1], numbers[3 * index + 2]]
    });
    let (pose, _) = measured([width, height], &points)?;
    let expected = (0..16).map(|at| rows[at % 4 * 4 + at / 4]);
    Ok(largest_difference(columns(pose).into_iter().flatten(), expected))
}

fn measured(
    [width, height]: [u32; 2],
    points: &[[f32; 3]],
) -> Result<(FacePose, [[f32; 3]; LANDMARKS]), EvalError> {
    let refused = |found: String| EvalError::malformed("the golden landmarks", "a face", found);
    let frame = Size::<FramePx>::new(width, height).map_err(|error| refused(error.to_string()))?;
    let mut metric = [[0.0; 3]; LANDMARKS];
    let landmarks = FrameLandmarks::from_raw(points).map_err(|error| refused(error.to_string()))?;
    let pose =
        measure_as_reference(frame, landmarks, &mut metric).map_err(|error| refused(error.to_string()))?;
    Ok((pose, metric))
}

/// The matrix, column after column, in centimetres.
fn columns(pose: FacePose) -> [[f32; 4]; 4] {
    let found = pose.camera_from_face().raw();
    let column = |it: [f32; 3], last: f32| [it[0], it[1], it[2], last];
    [
        column(found.matrix3.x_axis.to_array(), 0.0),
        column(found.matrix3.y_axis.to_array(), 0.0),
        column(found.matrix3.z_axis.to_array(), 0.0),
        column((found.translation / 10.0).to_array(), 1.0),
    ]
}

fn worse(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}
