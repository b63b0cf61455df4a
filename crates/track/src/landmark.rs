//! The landmark network: a face's crop in, its points in the frame out.

use moretta_frame::{Border, ChannelOrder, CropSpec, FrameView, ValueRange, point_from_network};
use moretta_geometry::LANDMARKS;
use moretta_infer::Network;
use moretta_space::Size;

use crate::TrackError;
use crate::decode::sigmoid;
use crate::roi::Roi;

/// Columns and rows of the network's input.
const INPUT_PX: u32 = 256;

/// Shows `network` the part `roi` of `frame` and writes where the landmarks are to `points`: x and y in the frame, and
/// depth in the unit of x. Returns how sure the network is that it sees a face, 0 to 1: 0 if `roi` is no region or the
/// landmarks are not finite.
///
/// `input`, `raw` and `scratch` are memory to work in, at least as long as the network's input, its landmarks and its
/// scratch.
///
/// # Source
/// MediaPipe, `face_landmarks_detector_graph.cc`, `tensors_to_landmarks_calculator.cc` and
/// `landmark_projection_calculator.cc`.
pub(crate) fn measure(
    network: &mut dyn Network,
    frame: &FrameView<'_>,
    roi: Roi,
    [input, raw, scratch]: [&mut [f32]; 3],
    points: &mut [[f32; 3]; LANDMARKS],
) -> Result<f32, TrackError> {
    let Some(region) = roi.region() else {
        return Ok(0.0);
    };
    let kind = network.kind();
    let size = Size::new(INPUT_PX, INPUT_PX).expect("the network's input is small");
    let spec = CropSpec {
        size,
        border: Border::Replicate,
        range: ValueRange::Unit,
        order: ChannelOrder::Nchw,
    };
    let input = &mut input[..kind.input_len()];
    let raw = &mut raw[..3 * LANDMARKS];
    frame.crop(region, &spec, input)?;
    let (mut presence, mut unused) = ([0.0], [0.0]);
    network.run(scratch, input, &mut [&mut *raw, &mut presence, &mut unused])?;

    let frame_from_crop = region.frame_from_crop(size);
    let pixels_each = region.extent().raw().x / INPUT_PX as f32;
    let (raw, _) = raw.as_chunks::<3>();
    for (point, [x, y, depth]) in points.iter_mut().zip(raw) {
        let place = (frame_from_crop * point_from_network(*x, *y)).raw();
        *point = [place.x, place.y, depth * pixels_each];
    }
    let finite = points.as_flattened().iter().all(|it| it.is_finite());
    let presence = sigmoid(presence[0]);
    Ok(if finite && presence.is_finite() {
        presence
    } else {
        0.0
    })
}
