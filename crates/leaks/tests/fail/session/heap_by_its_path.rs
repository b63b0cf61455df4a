//! The way onto the face heap, or off it.

fn main() {
    use moretta_veil::heap::enter_face_thread as kept;
    let _ = size_of_val(&kept);
}
