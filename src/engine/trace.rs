//! What a small network gives in a few training steps on a device, to be compared with another's.

use burn::tensor::Device;

/// What was computed, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Of each step.
    pub losses: Vec<f64>,
    /// Of the first step, by the parameter's place in the network.
    pub gradients: Vec<(String, Vec<f32>)>,
    /// How far each tensor moved, running statistics too.
    pub moves: Vec<(String, Vec<f32>)>,
}

/// What trains the small network on a device for so many steps. In tests, something that computes wrongly.
pub type Trial = fn(&Device, usize) -> Result<Trace, String>;
