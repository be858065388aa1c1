//! A view as planes.

/// Red, green and blue planes of a view.
pub fn planes(image: &mut [f32]) -> (&mut [f32], &mut [f32], &mut [f32]) {
    let plane = image.len() / 3;
    let (red, rest) = image.split_at_mut(plane);
    let (green, rest) = rest.split_at_mut(plane);
    (red, green, &mut rest[..plane])
}
