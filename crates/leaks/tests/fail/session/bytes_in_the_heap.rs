//! How much the face heap holds, which tells whether there is a face.

use moretta_veil::FaceHeap;

fn main() {
    let told = FaceHeap::live_bytes();
    let _ = told;
}
