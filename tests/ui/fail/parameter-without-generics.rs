struct Pair<T>(T, T);

#[daemon::main(configure = || Pair(7, 8))]
fn main(values: Pair) {
    drop(values);
}
