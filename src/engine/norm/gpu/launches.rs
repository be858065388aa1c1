//! How the kernels are launched; burn's own operations where they can't be.

use super::composed;
use super::kernels::{self, SharesLaunch};
use crate::engine::norm::{InputGradients, Saved};
use burn::backend::TensorMetadata;
use burn::backend::ops::FloatTensorOps;
use burn::tensor::{DType, Shape};
use burn_cubecl::CubeBackend;
use burn_cubecl::cubecl::ir::{ElemType, FloatKind};
use burn_cubecl::cubecl::prelude::{CubeCount, CubeDim};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;

/// Units of a cube: what WebGPU guarantees.
const UNITS: usize = 256;
/// Channels beside each other, as vectors: what a plane of 32 units reads at once.
const LANES: usize = 32;
/// The same where segments are joined: little is read, so more cubes count.
const FEW_LANES: usize = 4;
/// Rows that each unit takes at least, where there are enough: that many share the cost of a tree.
const ROWS_OF_A_UNIT: usize = 16;
/// Cubes that make partial sums: enough for a large GPU, few enough to be joined at once.
const SUMMING: usize = 512;
/// Segments of what isn't summed: no device allows fewer cubes in a row.
const MOST: usize = 65_535;

/// How rows `[rows, channels]` are cut for a kernel.
#[derive(Clone, Copy)]
struct Cut {
    rows: usize,
    /// In vectors.
    channels: usize,
    vector: usize,
    lanes: usize,
    each: usize,
    segments: usize,
}

impl Cut {
    fn new(rows: usize, channels: usize, most_lanes: usize, most_cubes: usize) -> Self {
        let vector = [4, 2, 1].into_iter().find(|n| channels % n == 0);
        let vector = vector.unwrap_or(1);
        let channels = channels / vector;
        let lanes = channels.next_power_of_two().min(most_lanes);
        let wanted = rows.div_ceil(UNITS / lanes * ROWS_OF_A_UNIT);
        let most = most_cubes / channels.div_ceil(lanes);
        let each = rows.div_ceil(wanted.min(most.max(1)));
        Self {
            rows,
            channels,
            vector,
            lanes,
            each,
            segments: rows.div_ceil(each),
        }
    }

    /// How the segments of this one are joined: all by one cube for each block of channels.
    fn joining(self) -> Self {
        let lanes = self.lanes.min(FEW_LANES);
        Self {
            rows: self.segments,
            each: self.segments,
            segments: 1,
            lanes,
            ..self
        }
    }

    fn count(self) -> CubeCount {
        let blocks = self.channels.div_ceil(self.lanes);
        CubeCount::Static(self.segments as u32, blocks as u32, 1)
    }

    fn units(self) -> CubeDim {
        CubeDim::new_2d(self.lanes as u32, (UNITS / self.lanes) as u32)
    }

    fn shares(self) -> SharesLaunch {
        let depth = UNITS / self.lanes;
        SharesLaunch::new(self.rows, self.channels, self.each, self.lanes, depth)
    }
}

/// Whether the kernels can take all of these, which are `[N, C, H, W]`.
fn fits(planes: &[&CubeTensor]) -> bool {
    let hardware = &planes[0].client.properties().hardware;
    let kind = planes[0].dtype;
    matches!(kind, DType::F32 | DType::BF16)
        && planes.iter().all(|x| x.dtype == kind)
        && planes[0].meta.num_elements() > 0
        && hardware.max_units_per_cube as usize >= UNITS
        && hardware.max_cube_dim.1 as usize >= UNITS
        && hardware.max_bindings >= 12
}

/// What is as large as x.
fn planes_of(kept: &Saved<CubeBackend>) -> Vec<&CubeTensor> {
    std::iter::once(&kept.x).chain(&kept.skip).collect()
}

fn kind(of: &CubeTensor) -> ElemType {
    ElemType::Float(match of.dtype {
        DType::BF16 => FloatKind::BF16,
        _ => FloatKind::F32,
    })
}

/// `[N, C, H, W]` as rows, `[N, H, W, C]`: nothing is moved where channels are innermost in memory.
fn rows(x: CubeTensor) -> CubeTensor {
    into_contiguous(CubeBackend::float_permute(x, &[0, 2, 3, 1]))
}

/// The other way round.
fn planes(rows: CubeTensor) -> CubeTensor {
    CubeBackend::float_permute(rows, &[0, 3, 1, 2])
}

/// Something to write into, of a shape and kind, where another is.
fn empty(shape: Shape, kind: DType, beside: &CubeTensor) -> CubeTensor {
    empty_device_contiguous_dtype(beside.client.clone(), beside.device.clone(), shape, kind)
}

/// Two lists of 32 bits.
fn pair(length: usize, beside: &CubeTensor) -> [CubeTensor; 2] {
    [(); 2].map(|()| empty(Shape::new([length]), DType::F32, beside))
}

/// Rows and channels of `[N, H, W, C]`.
fn sizes(rows: &CubeTensor) -> (usize, usize) {
    let channels = rows.meta.shape()[3];
    (rows.meta.num_elements() / channels, channels)
}

/// Mean and biased variance of each channel of x, `[N, C, H, W]`.
pub fn channel_statistics(x: CubeTensor) -> (CubeTensor, CubeTensor) {
    if !fits(&[&x]) {
        return composed::channel_statistics::<CubeBackend>(x);
    }
    let x = rows(x);
    let (count, channels) = sizes(&x);
    let cut = Cut::new(count, channels, LANES, SUMMING);
    let [means, variances] = pair(cut.segments * channels, &x);
    kernels::statistics::launch(
        &x.client,
        cut.count(),
        cut.units(),
        cut.vector,
        x.clone().into_buffer_arg(),
        means.clone().into_buffer_arg(),
        variances.clone().into_buffer_arg(),
        cut.shares(),
        kind(&x),
    );
    if cut.segments == 1 {
        return (means, variances);
    }
    let join = cut.joining();
    let [mean, variance] = pair(channels, &x);
    kernels::joined_statistics::launch(
        &x.client,
        join.count(),
        join.units(),
        join.vector,
        means.into_buffer_arg(),
        variances.into_buffer_arg(),
        mean.clone().into_buffer_arg(),
        variance.clone().into_buffer_arg(),
        cut.each,
        count,
        join.shares(),
    );
    (mean, variance)
}

/// Normalises what is kept, with what follows.
pub fn normalize(kept: Saved<CubeBackend>) -> CubeTensor {
    if !fits(&planes_of(&kept)) {
        return composed::normalize::<CubeBackend>(&kept);
    }
    let x = rows(kept.x);
    let (count, channels) = sizes(&x);
    let cut = Cut::new(count, channels, LANES, MOST);
    let y = empty(x.shape(), x.dtype, &x);
    let [mean, variance, gamma, beta] =
        [kept.mean, kept.variance, kept.gamma, kept.beta].map(into_contiguous);
    kernels::normalize::launch(
        &x.client,
        cut.count(),
        cut.units(),
        cut.vector,
        x.clone().into_buffer_arg(),
        mean.into_buffer_arg(),
        variance.into_buffer_arg(),
        gamma.into_buffer_arg(),
        beta.into_buffer_arg(),
        kept.skip.map(|skip| rows(skip).into_buffer_arg()).into(),
        y.clone().into_buffer_arg(),
        kept.epsilon as f32,
        kept.relu,
        cut.shares(),
        kind(&x),
    );
    planes(y)
}

/// The gradients of beta and gamma, `[C]`.
fn summed(
    [x, gradient]: [&CubeTensor; 2],
    line: &[CubeTensor; 4],
    skip: Option<&CubeTensor>,
    (epsilon, relu): (f64, bool),
) -> [CubeTensor; 2] {
    let (count, channels) = sizes(x);
    let cut = Cut::new(count, channels, LANES, SUMMING);
    let [plain, products] = pair(cut.segments * channels, x);
    let [mean, variance, gamma, beta] = line.clone().map(CubeTensor::into_buffer_arg);
    kernels::sums::launch(
        &x.client,
        cut.count(),
        cut.units(),
        cut.vector,
        x.clone().into_buffer_arg(),
        gradient.clone().into_buffer_arg(),
        mean,
        variance,
        gamma,
        beta,
        skip.cloned().map(CubeTensor::into_buffer_arg).into(),
        plain.clone().into_buffer_arg(),
        products.clone().into_buffer_arg(),
        epsilon as f32,
        relu,
        cut.shares(),
        kind(x),
    );
    if cut.segments == 1 {
        return [plain, products];
    }
    let join = cut.joining();
    let [of_beta, of_gamma] = pair(channels, x);
    kernels::joined_sums::launch(
        &x.client,
        join.count(),
        join.units(),
        join.vector,
        plain.into_buffer_arg(),
        products.into_buffer_arg(),
        of_beta.clone().into_buffer_arg(),
        of_gamma.clone().into_buffer_arg(),
        join.shares(),
    );
    [of_beta, of_gamma]
}

/// The way back.
pub fn gradients(kept: Saved<CubeBackend>, gradient: CubeTensor) -> InputGradients<CubeBackend> {
    if !fits(&planes_of(&kept)) || gradient.dtype != kept.x.dtype {
        return composed::gradients::<CubeBackend>(kept, gradient);
    }
    let (x, gradient) = (rows(kept.x), rows(gradient));
    let skip = kept.skip.map(rows);
    let line = [kept.mean, kept.variance, kept.gamma, kept.beta].map(into_contiguous);
    let then = (kept.epsilon, kept.relu);
    let [of_beta, of_gamma] = summed([&x, &gradient], &line, skip.as_ref(), then);
    let (count, channels) = sizes(&x);
    let cut = Cut::new(count, channels, LANES, MOST);
    let of_x = empty(x.shape(), x.dtype, &x);
    let of_skip = skip.is_some().then(|| empty(x.shape(), x.dtype, &x));
    let [mean, variance, gamma, beta] = line.map(CubeTensor::into_buffer_arg);
    kernels::gradient_of_x::launch(
        &x.client,
        cut.count(),
        cut.units(),
        cut.vector,
        x.clone().into_buffer_arg(),
        gradient.into_buffer_arg(),
        mean,
        variance,
        gamma,
        beta,
        of_beta.clone().into_buffer_arg(),
        of_gamma.clone().into_buffer_arg(),
        skip.map(CubeTensor::into_buffer_arg).into(),
        of_x.clone().into_buffer_arg(),
        of_skip.clone().map(CubeTensor::into_buffer_arg).into(),
        kept.epsilon as f32,
        kept.relu,
        cut.shares(),
        kind(&x),
    );
    [
        Some(planes(of_x)),
        Some(of_gamma),
        Some(of_beta),
        of_skip.map(planes),
    ]
}
