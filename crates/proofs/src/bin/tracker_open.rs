//! Real inference under observation, on the ordinary heap: what it leaves without `FaceHeap`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    moretta_proofs::inference::run()
}
