//! Holds [`measure_as_reference`] against MediaPipe's own golden files, which are not part of this repository:
//!
//! ```text
//! cargo run -p moretta-geometry --example face_geometry_golden -- DIR
//! ```
//!
//! `DIR` holds `face_blendshapes_in_landmarks.prototxt` and `face_geometry_expected_out.pbtxt` from
//! `mediapipe/tasks/testdata/vision`. Prints one line; the exit status says whether the largest difference, of the
//! matrix and of the mesh, is within MediaPipe's own tolerance.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use moretta_geometry::{FrameLandmarks, LANDMARKS, canonical, measure_as_reference};
use moretta_space::{Point3, Size};

/// Of `face_geometry_from_landmarks_graph_test.cc`, and the frame's size there.
const TOLERANCE: f32 = 1e-4;
const FRAME: (u32, u32) = (820, 1024);

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("expected the folder of the golden files")?;
    let read = |name| std::fs::read_to_string(Path::new(&folder).join(name));
    let input = read("face_blendshapes_in_landmarks.prototxt")?;
    let expected = read("face_geometry_expected_out.pbtxt")?;
    let measured = difference(&input, &expected)?;
    let verdict = if measured <= TOLERANCE { "ok" } else { "fail" };
    #[expect(clippy::print_stdout, reason = "printing the line is what this is for")]
    {
        println!("GOLDEN face_geometry measured={measured:.1e} tolerance={TOLERANCE:.0e} {verdict}");
    }
    Ok(if measured <= TOLERANCE {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The largest difference of any number, lengths in centimetres.
fn difference(input: &str, expected: &str) -> Result<f32, Box<dyn Error>> {
    let [x, y, z] = ["x", "y", "z"].map(|name| numbers(input, name));
    let (x, y, z) = (x?, y?, z?);
    let (width, height) = (FRAME.0 as f32, FRAME.1 as f32);
    let places = x.iter().zip(&y).zip(&z);
    let points: Vec<_> = places
        .map(|((x, y), z)| [x * width, y * height, z * width])
        .collect();
    let mesh = numbers(expected, "vertex_buffer")?;
    let matrix = numbers(expected, "packed_data")?;
    if mesh.len() != 5 * canonical::VERTICES || matrix.len() != 16 {
        return Err(format!(
            "expected a mesh and a matrix, found {} and {} numbers",
            mesh.len(),
            matrix.len()
        )
        .into());
    }

    let mut metric = [[0.0; 3]; LANDMARKS];
    let frame = Size::new(FRAME.0, FRAME.1)?;
    let pose = measure_as_reference(frame, FrameLandmarks::from_raw(&points)?, &mut metric)?;
    let found = pose.camera_from_face().raw();
    let columns = [
        found.matrix3.x_axis,
        found.matrix3.y_axis,
        found.matrix3.z_axis,
        found.translation / 10.0,
    ];
    let of_matrix = columns
        .iter()
        .zip(matrix.chunks_exact(4))
        .flat_map(|(column, expected)| {
            let column = column.to_array();
            (0..3).map(move |row| (column[row] - expected[row]).abs())
        });
    let of_mesh = metric
        .iter()
        .zip(mesh.chunks_exact(5))
        .flat_map(|(place, expected)| {
            let place = pose.face_from_camera() * Point3::from_raw((*place).into());
            let place = place.raw().to_array();
            (0..3).map(move |axis| (place[axis] / 10.0 - expected[axis]).abs())
        });
    // `max` would pass over a NaN; none of them is one, as poses and landmarks are finite.
    Ok(of_matrix.chain(of_mesh).fold(0.0, f32::max))
}

/// The values of each line `name: value` of a text proto.
fn numbers(text: &str, name: &str) -> Result<Vec<f32>, std::num::ParseFloatError> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "))
        .map(str::parse)
        .collect()
}
