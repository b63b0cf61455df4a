//! The weighted similarity that carries one set of points onto another.
//!
//! In `f64`: the sums of products of some hundred millimetres would cost `f32` the last digits of a pose, and
//! thirty points a frame cost nothing.

use crate::Error;

pub(crate) type Wide = [f64; 3];

/// A rotation, a scale and a translation, in this order.
#[derive(Clone, Copy)]
pub(crate) struct Similarity {
    /// The rotation as a unit quaternion: x, y, z, w.
    pub(crate) rotation: [f64; 4],
    pub(crate) scale: f64,
    pub(crate) translation: Wide,
}

/// A point, where it should go, and how much that counts; the weight is 0 or more.
#[derive(Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) weight: f64,
    pub(crate) source: Wide,
    pub(crate) target: Wide,
}

/// Minimises the weighted sum of squared distances between the moved sources and their targets.
///
/// 1. The weighted centre of the sources and of the targets.
/// 2. The covariance of targets and sources about them (Akca's eq. 51, transposed).
/// 3. The rotation: of all unit quaternions the one along the largest axis of Horn's 4 x 4 matrix. It is the best
///    *rotation*, as Akca's eq. 52 is after its reflection is taken out, without a case for it.
/// 4. The scale: the sources, turned, against the targets (eq. 53).
/// 5. The translation that leads centre to centre (eq. 54).
///
/// # Errors
/// [`Error::Landmarks`] if the points of either set lie in one place or in a line, which leave the rotation
/// open, if one set is a mirror image of the other, or if a number is not finite.
///
/// # Source
/// D. Akca, "Generalized Procrustes analysis and its applications in photogrammetry", 2003, section 2.4,
/// doi:10.3929/ethz-a-004656648. B. K. P. Horn, "Closed-form solution of absolute orientation using unit
/// quaternions", 1987, section 4, doi:10.1364/JOSAA.4.000629.
pub(crate) fn fit(pairs: impl Iterator<Item = Pair> + Clone) -> Result<Similarity, Error> {
    let Moments {
        from,
        to,
        total,
        covariance,
        spread_from,
        spread_to,
    } = moments(pairs);

    // Points nearer together than a millionth of how far away they are: the rounding of f32 decides on them.
    let noise = |centre| 1e-12 * dot(centre, centre) * total;
    if !(spread_from + spread_to).is_finite() {
        return Err(fault("a number out of range"));
    }
    if spread_from <= noise(from) || spread_to <= noise(to) {
        return Err(fault("all in one place"));
    }
    let strength = covariance
        .as_flattened()
        .iter()
        .map(|it| it * it)
        .sum::<f64>()
        .sqrt();
    let (rotation, gap) = largest_axis(horn(&covariance));
    // A hundredth and, below, a tenth of what a face has: against itself the canonical one has 1.7 and 0.087.
    if gap <= 0.017 * strength {
        return Err(fault(if determinant(&covariance) < -1e-6 * strength.powi(3) {
            "a mirror image"
        } else {
            "all in a line"
        }));
    }
    if determinant(&covariance) < -0.01 * strength.powi(3) {
        return Err(fault("a mirror image"));
    }

    let matrix = matrix_of(rotation);
    let along = (0..3).map(|row| dot(matrix[row], covariance[row])).sum::<f64>();
    let scale = along / spread_from;
    let translation = minus(to, turned(&matrix, from).map(|it| it * scale));
    Ok(Similarity {
        rotation,
        scale,
        translation,
    })
}

/// Weighted sums over pairs.
struct Moments {
    /// The centre of the sources.
    from: Wide,
    /// The centre of the targets.
    to: Wide,
    /// The sum of the weights.
    total: f64,
    /// The sum of the products of targets, by row, and sources, by column, about their centres.
    covariance: [Wide; 3],
    /// The sum of the sources' squared distances to their centre.
    spread_from: f64,
    /// The same of the targets.
    spread_to: f64,
}

fn moments(pairs: impl Iterator<Item = Pair> + Clone) -> Moments {
    let mut total = 0.0;
    let (mut from, mut to) = ([0.0; 3], [0.0; 3]);
    for pair in pairs.clone() {
        total += pair.weight;
        for axis in 0..3 {
            from[axis] += pair.weight * pair.source[axis];
            to[axis] += pair.weight * pair.target[axis];
        }
    }
    let (from, to) = (from.map(|it| it / total), to.map(|it| it / total));

    let mut covariance = [[0.0; 3]; 3];
    let (mut spread_from, mut spread_to) = (0.0, 0.0);
    for pair in pairs {
        let (source, target) = (minus(pair.source, from), minus(pair.target, to));
        for (row, target) in covariance.iter_mut().zip(target) {
            for (sum, source) in row.iter_mut().zip(source) {
                *sum += pair.weight * target * source;
            }
        }
        spread_from += pair.weight * dot(source, source);
        spread_to += pair.weight * dot(target, target);
    }
    Moments {
        from,
        to,
        total,
        covariance,
        spread_from,
        spread_to,
    }
}

pub(crate) fn fault(found: &'static str) -> Error {
    Error::Landmarks {
        expected: "points of a face, spread in all directions",
        found,
    }
}

pub(crate) fn dot(a: Wide, b: Wide) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn minus(a: Wide, b: Wide) -> Wide {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// The product of a matrix, given by its rows, and a column.
pub(crate) fn turned(rows: &[Wide; 3], point: Wide) -> Wide {
    rows.map(|row| dot(row, point))
}

fn determinant([a, b, c]: &[Wide; 3]) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
}

/// The rows of the matrix that turns as the unit quaternion x, y, z, w.
fn matrix_of([x, y, z, w]: [f64; 4]) -> [Wide; 3] {
    [
        [
            1.0 - 2.0 * (y * y + z * z),
            2.0 * (x * y - z * w),
            2.0 * (x * z + y * w),
        ],
        [
            2.0 * (x * y + z * w),
            1.0 - 2.0 * (x * x + z * z),
            2.0 * (y * z - x * w),
        ],
        [
            2.0 * (x * z - y * w),
            2.0 * (y * z + x * w),
            1.0 - 2.0 * (x * x + y * y),
        ],
    ]
}

/// The symmetric matrix whose quadratic form at a quaternion x, y, z, w is how well that rotation fits: the
/// trace of its matrix's transpose times `covariance`, target by source.
fn horn(covariance: &[Wide; 3]) -> [[f64; 4]; 4] {
    let [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]] = *covariance;
    [
        [xx - yy - zz, xy + yx, xz + zx, zy - yz],
        [xy + yx, yy - xx - zz, yz + zy, xz - zx],
        [xz + zx, yz + zy, zz - xx - yy, yx - xy],
        [zy - yz, xz - zx, yx - xy, xx + yy + zz],
    ]
}

/// The unit eigenvector of the largest eigenvalue of the symmetric `matrix`, and how far the next one is below.
///
/// Cyclic Jacobi: each rotation makes one pair of elements off the diagonal zero. It converges quadratically;
/// 4 x 4 matrices are diagonal to the last bit after some five sweeps, and a few more cost nothing.
///
/// # Source
/// G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th edition, section 8.5.
fn largest_axis(mut matrix: [[f64; 4]; 4]) -> ([f64; 4], f64) {
    const SWEEPS: usize = 12;
    const PLANES: [(usize, usize); 6] = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
    let mut axes = [
        [1.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ];
    for (p, q) in (0..SWEEPS).flat_map(|_| PLANES) {
        if matrix[p][q] == 0.0 {
            continue;
        }
        let ratio = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
        let tangent = ratio.signum() / (ratio.abs() + ratio.hypot(1.0));
        let cosine = tangent.hypot(1.0).recip();
        let sine = tangent * cosine;
        let turn = |a: f64, b: f64| (cosine * a - sine * b, sine * a + cosine * b);
        for row in &mut matrix {
            (row[p], row[q]) = turn(row[p], row[q]);
        }
        let (above, below) = matrix.split_at_mut(q);
        for (a, b) in above[p].iter_mut().zip(&mut below[0]) {
            (*a, *b) = turn(*a, *b);
        }
        for row in &mut axes {
            (row[p], row[q]) = turn(row[p], row[q]);
        }
    }
    let mut order = [0, 1, 2, 3];
    order.sort_unstable_by(|a, b| matrix[*b][*b].total_cmp(&matrix[*a][*a]));
    let [first, second, ..] = order;
    let axis = axes.map(|row| row[first]);
    let length = axis.iter().map(|it| it * it).sum::<f64>().sqrt();
    (
        axis.map(|it| it / length),
        matrix[first][first] - matrix[second][second],
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::{pose_weights, positions};

    fn pairs(target: impl Fn(Wide) -> Wide + Clone) -> impl Iterator<Item = Pair> + Clone {
        pose_weights().iter().map(move |(vertex, weight)| {
            let source = positions()[usize::from(*vertex)].raw().to_array().map(f64::from);
            Pair {
                weight: f64::from(*weight),
                source,
                target: target(source),
            }
        })
    }

    fn found(pairs: impl Iterator<Item = Pair> + Clone) -> &'static str {
        match fit(pairs) {
            Err(Error::Landmarks { found, .. }) => found,
            Err(other) => panic!("expected a fault of the landmarks, found {other:?}"),
            Ok(_) => panic!("expected a fault"),
        }
    }

    #[test]
    fn points_that_leave_the_rotation_open_say_why() {
        assert!(fit(pairs(|it| it)).is_ok(), "the control");
        assert!(
            fit(pairs(|[x, y, _]| [x, y, 0.0])).is_ok(),
            "a flat face still has one rotation"
        );
        assert_eq!(found(pairs(|_| [3.0, 4.0, -500.0])), "all in one place");
        assert_eq!(found(pairs(|_| [0.0; 3])), "all in one place");
        assert_eq!(found(pairs(|[x, _, _]| [x, 2.0 * x, -500.0])), "all in a line");
        assert_eq!(found(pairs(|[x, y, z]| [-x, y, z])), "a mirror image");
        assert_eq!(found(pairs(|[x, y, z]| [x, y, -z])), "a mirror image");
        assert_eq!(
            found(pairs(|[x, y, _]| [x, y, f64::NAN])),
            "a number out of range"
        );
        assert_eq!(
            found(pairs(|it| it.map(|it| it * 1e200))),
            "a number out of range"
        );
    }

    #[test]
    fn the_limits_are_a_hundredth_and_a_tenth_of_what_a_face_has() {
        let Moments { covariance, .. } = moments(pairs(|it| it));
        let strength = covariance
            .as_flattened()
            .iter()
            .map(|it| it * it)
            .sum::<f64>()
            .sqrt();
        let (_, gap) = largest_axis(horn(&covariance));
        assert!((gap / strength - 1.7).abs() < 0.02, "{}", gap / strength);
        let volume = determinant(&covariance) / strength.powi(3);
        assert!((volume - 0.087).abs() < 0.001, "{volume}");
    }

    fn quaternion() -> impl Strategy<Value = [f64; 4]> {
        proptest::array::uniform4(-1.0f64..1.0)
            .prop_filter("long enough", |it| {
                it.iter().map(|it| it * it).sum::<f64>() > 0.01
            })
            .prop_map(|it| {
                let length = it.iter().map(|it| it * it).sum::<f64>().sqrt();
                it.map(|it| it / length)
            })
    }

    proptest! {
        #[test]
        fn what_was_done_is_found(
            rotation in quaternion(),
            scale in 0.001f64..1000.0,
            translation in proptest::array::uniform3(-1000.0f64..1000.0),
        ) {
            let matrix = matrix_of(rotation);
            let moved = move |source| {
                let turned = turned(&matrix, source);
                [0, 1, 2].map(|axis| turned[axis] * scale + translation[axis])
            };
            let fitted = fit(pairs(moved)).unwrap();
            prop_assert!((fitted.scale / scale - 1.0).abs() < 1e-9);
            let cosine = (0..4).map(|it| fitted.rotation[it] * rotation[it]).sum::<f64>();
            prop_assert!((cosine.abs() - 1.0).abs() < 1e-12);
            let off = minus(fitted.translation, translation);
            prop_assert!(dot(off, off).sqrt() < 1e-9 * (scale * 1000.0 + 1000.0));
        }

        #[test]
        fn no_rotation_nearby_fits_better(
            noise in proptest::array::uniform32(-20.0f64..20.0),
            nudge in proptest::array::uniform3(-0.05f64..0.05),
        ) {
            let noisy = move |source: Wide| {
                // Any fixed function of the point that is no similarity will do.
                let pick = (source[0].abs() * 7.0 + source[1].abs() * 3.0) as usize;
                [0, 1, 2].map(|axis| source[axis] + noise[(pick + axis) % 32])
            };
            let best = fit(pairs(noisy)).unwrap();
            let error = |rotation: [f64; 4], similarity: &Similarity| {
                let matrix = matrix_of(rotation);
                pairs(noisy)
                    .map(|pair| {
                        let moved = turned(&matrix, pair.source).map(|it| it * similarity.scale);
                        let off = minus(minus(moved, pair.target), similarity.translation.map(|it| -it));
                        pair.weight * dot(off, off)
                    })
                    .sum::<f64>()
            };
            let [x, y, z, w] = best.rotation;
            let nudged = [x + nudge[0], y + nudge[1], z + nudge[2], w];
            let length = nudged.iter().map(|it| it * it).sum::<f64>().sqrt();
            prop_assert!(error(best.rotation, &best) <= error(nudged.map(|it| it / length), &best) + 1e-9);
        }
    }
}
