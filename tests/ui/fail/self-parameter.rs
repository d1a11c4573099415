struct Echo;

impl Echo {
    #[daemon::main]
    fn main(self) {}
}

fn main() {}
