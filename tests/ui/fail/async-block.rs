#[daemon::main(privileged = || async { 7 })]
fn main(seven: i32) {
    drop(seven);
}
