//! The normalisation on a GPU: kernels of ours, put in line with what burn fuses.

mod composed;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod kernels;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod later;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod launches;
