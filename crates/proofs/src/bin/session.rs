//! A whole session under observation, with [`FaceHeap`] as the allocator.

use moretta_veil::FaceHeap;

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    moretta_proofs::rendering::run()
}
