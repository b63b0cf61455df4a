//! The process under observation, on the ordinary heap: what a session leaves without `FaceHeap`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    moretta_proofs::scenes::run()
}
