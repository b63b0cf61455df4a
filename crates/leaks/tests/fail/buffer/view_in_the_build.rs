//! Face memory read by the code that builds a pipeline.

use moretta_veil::{Keep, Reserve, VeilError};

fn main() {
    fn leak(room: &Reserve<'_>) -> Result<usize, VeilError> {
        let buffer = room.reserve::<u8>(Keep::Session, 4)?;
        let _ = buffer.view(room);
        Ok(buffer.len())
    }
}
