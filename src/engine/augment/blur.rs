//! Gaussian blur (paper, appendix A).

use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Gaussian blur
    pub struct Blur {
        /// Chance that a view is blurred; the paper blurs ImageNet, not CIFAR-10.
        p: f64 = 0.0 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A; off for CIFAR-10, App. B.9");
        /// Smallest standard deviation of the blur.
        sigma_min: f64 = 0.1 => Hparam::linear(0.05, 10.0, 0.05).paper("App. A").unit("px");
        /// Largest standard deviation of the blur.
        sigma_max: f64 = 2.0 => Hparam::linear(0.05, 10.0, 0.05).paper("App. A").unit("px");
        /// Side of the kernel as a share of the view's side, made odd.
        kernel: f64 = 0.1 => Hparam::linear(0.02, 0.5, 0.01).paper("App. A");
    }
}
