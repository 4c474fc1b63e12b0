use farley_tests::{
    plan::{Plan, Tier},
    run,
};
fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let args: Vec<String> = std::env::args().collect();
    let (from, to, faults): (u64, u64, bool) =
        (args[1].parse().unwrap(), args[2].parse().unwrap(), args[3] == "1");
    let start = std::time::Instant::now();
    run::on_own_stack(|| {
        let mut all = farley_tests::world::Stats::default();
        let mut bad = 0;
        for seed in from..to {
            let plan = Plan::draw(seed, Tier::B, 150, faults);
            match run::replay(&plan) {
                Ok(stats) => all.add(&stats),
                Err(f) => {
                    bad += 1;
                    println!("seed {seed}: {f}");
                    if args.len() > 4 {
                        let (short, file, n) = run::keep(&plan, &f, "target/sim".as_ref()).unwrap();
                        println!("{} {n}\n{short}", file.display());
                    }
                }
            }
        }
        println!("{all:?} bad {bad} {:?}", start.elapsed());
    });
}
