//! Matrix products of slices on one thread of the CPU: who calls splits the work.

use gemm::Parallelism;

/// Numbers that are multiplied.
pub trait Real: Copy + 'static {
    /// One of them.
    const ONE: Self;
}

impl Real for f32 {
    const ONE: Self = 1.0;
}

impl Real for f64 {
    const ONE: Self = 1.0;
}

/// A matrix over a slice.
#[derive(Clone, Copy, Debug)]
pub struct Mat<'a, T = f32> {
    values: &'a [T],
    shape: [usize; 2],
    strides: [usize; 2],
}

impl<'a, T> Mat<'a, T> {
    /// Row-major with so many columns.
    #[must_use]
    pub const fn row_major(values: &'a [T], columns: usize) -> Self {
        let rows = values.len() / if columns == 0 { 1 } else { columns };
        Self {
            values,
            shape: [rows, columns],
            strides: [columns, 1],
        }
    }

    /// Rows as columns.
    #[must_use]
    pub const fn transposed(self) -> Self {
        let ([a, b], [c, d]) = (self.shape, self.strides);
        Self {
            values: self.values,
            shape: [b, a],
            strides: [d, c],
        }
    }
}

/// `out = a * b`, or `out += a * b`; row-major.
#[expect(
    unsafe_code,
    reason = "gemm takes pointers; sizes are checked first, and the tests of convolutions try the shapes"
)]
pub fn matmul<T: Real>(a: Mat<T>, b: Mat<T>, out: &mut [T], add: bool) {
    let ([m, k], [kb, n]) = (a.shape, b.shape);
    assert!(
        k == kb && out.len() == m * n,
        "shapes of a product disagree"
    );
    assert!(
        a.values.len() >= m * k && b.values.len() >= k * n,
        "a matrix is shorter than its shape"
    );
    // SAFETY: the asserts above put every index i * row stride + j * column stride inside its slice, and `out` is
    // borrowed for writing alone.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            n.cast_signed(),
            add,
            a.values.as_ptr(),
            a.strides[1].cast_signed(),
            a.strides[0].cast_signed(),
            b.values.as_ptr(),
            b.strides[1].cast_signed(),
            b.strides[0].cast_signed(),
            T::ONE,
            T::ONE,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
