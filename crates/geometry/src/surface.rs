//! How the vertices of the canonical face hang together: what a frame's numbers are spread along.

use crate::canonical::{VERTICES, positions, triangles};

/// The edges of the [canonical mesh](crate::canonical), each vertex's neighbours, and what lies opposite to what.
///
/// It holds nothing but indices of public vertices. Making it allocates; make it once.
pub struct Surface {
    edges: Vec<[u16; 2]>,
    /// Where the neighbours of each vertex begin, and where the last ones end.
    starts: Vec<usize>,
    neighbours: Vec<u16>,
    mirrored: Vec<u16>,
}

impl Surface {
    /// Of the canonical mesh.
    #[must_use]
    pub fn new() -> Self {
        let sides = triangles().iter().flat_map(|[a, b, c]| [(a, b), (b, c), (c, a)]);
        let mut edges: Vec<[u16; 2]> = sides.map(|(a, b)| [*a.min(b), *a.max(b)]).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut starts = vec![0];
        let mut neighbours = Vec::with_capacity(2 * edges.len());
        let vertices = || 0..VERTICES as u16;
        for vertex in vertices() {
            let other = |[a, b]: &[u16; 2]| match vertex {
                it if it == *a => Some(*b),
                it if it == *b => Some(*a),
                _ => None,
            };
            neighbours.extend(edges.iter().filter_map(other));
            starts.push(neighbours.len());
        }
        let place = |vertex: u16| positions()[usize::from(vertex)].raw();
        let mirrored = vertices().map(|vertex| {
            let across = place(vertex) * glam::Vec3::new(-1.0, 1.0, 1.0);
            let nearer = |a: &u16, b: &u16| {
                let distance = |it: u16| place(it).distance_squared(across);
                distance(*a).total_cmp(&distance(*b))
            };
            vertices().min_by(nearer).unwrap_or(vertex)
        });
        Self {
            mirrored: mirrored.collect(),
            edges,
            starts,
            neighbours,
        }
    }

    /// The edges, each once, the lower vertex first.
    #[must_use]
    pub fn edges(&self) -> &[[u16; 2]] {
        &self.edges
    }

    /// The vertices that share an edge with `vertex`.
    ///
    /// # Panics
    /// If `vertex` is [`VERTICES`] or more.
    #[must_use]
    #[inline]
    pub fn neighbours(&self, vertex: usize) -> &[u16] {
        &self.neighbours[self.starts[vertex]..self.starts[vertex + 1]]
    }

    /// The vertex at the same place on the other side of the face: of those in the middle themselves.
    ///
    /// # Panics
    /// If `vertex` is [`VERTICES`] or more.
    #[must_use]
    #[inline]
    pub fn mirrored(&self, vertex: usize) -> usize {
        usize::from(self.mirrored[vertex])
    }
}

impl Default for Surface {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::TRIANGLES;
    use crate::region::{FACE_OVAL, LEFT_EYE, RIGHT_EYE};

    #[test]
    fn a_disc_has_as_many_edges_as_euler_says() {
        let surface = Surface::new();
        assert_eq!(VERTICES + TRIANGLES, surface.edges().len() + 1);
        let ends: usize = (0..VERTICES).map(|it| surface.neighbours(it).len()).sum();
        assert_eq!(ends, 2 * surface.edges().len());
    }

    #[test]
    fn neighbours_are_mutual() {
        let surface = Surface::new();
        for vertex in 0..VERTICES {
            let mutual = |other: &u16| {
                let back = surface.neighbours(usize::from(*other));
                back.iter().any(|it| usize::from(*it) == vertex)
            };
            assert!(surface.neighbours(vertex).len() >= 2);
            assert!(surface.neighbours(vertex).iter().all(mutual), "{vertex}");
        }
    }

    #[test]
    fn mirroring_twice_leads_back_and_left_is_opposite_to_right() {
        let surface = Surface::new();
        for vertex in 0..VERTICES {
            assert_eq!(surface.mirrored(surface.mirrored(vertex)), vertex);
        }
        for (left, right) in LEFT_EYE.iter().zip(&RIGHT_EYE) {
            assert_eq!(surface.mirrored(usize::from(*left)), usize::from(*right));
        }
        assert_eq!(surface.mirrored(4), 4, "the tip of the nose");
        let moved = FACE_OVAL
            .iter()
            .filter(|it| surface.mirrored(usize::from(**it)) != usize::from(**it));
        assert_eq!(moved.count(), 34, "all but the top and the chin");
    }
}
