//! The plan where nothing is planned.

pub(crate) mod inherited {
    //! Nothing that a process inherits matters here.

    /// Nothing.
    #[derive(Debug)]
    pub(crate) struct Inherited;

    impl Inherited {
        pub(crate) fn by_this_process() -> Self {
            Inherited
        }
    }
}
