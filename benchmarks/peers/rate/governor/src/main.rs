//! governor's checks: nanoseconds of processor time each, the best of ten rounds. `direct` is one bucket and `keyed` one million.
//! The clock is a fake one that is moved by hand, so that what is timed is the check and not the reading of a clock.
use governor::clock::FakeRelativeClock;
use governor::{Quota, RateLimiter};
use std::hint::black_box;
use std::num::NonZeroU32;
use std::time::Duration;

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, out: *mut Timespec) -> i32;
}

/// CLOCK_PROCESS_CPUTIME_ID of Linux. What /proc tells of a running process is as old as the last tick.
fn cpu_ns() -> u64 {
    let mut now = Timespec { seconds: 0, nanoseconds: 0 };
    assert_eq!(unsafe { clock_gettime(2, &mut now) }, 0);
    now.seconds as u64 * 1_000_000_000 + now.nanoseconds as u64
}

fn best(calls: u64, mut one: impl FnMut(u64)) -> f64 {
    (0..10)
        .map(|_| {
            let begin = cpu_ns();
            (0..calls).for_each(&mut one);
            (cpu_ns() - begin) as f64 / calls as f64
        })
        .fold(f64::INFINITY, f64::min)
}

fn numbered(n: u64) -> [u64; 2] {
    let mut x = (n + 1).wrapping_mul(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d049bb133111eb);
    [x >> 8, x ^ x >> 31]
}

fn main() {
    let quota = Quota::per_second(NonZeroU32::new(1000).unwrap()).allow_burst(NonZeroU32::new(100).unwrap());
    let clock = FakeRelativeClock::default();
    let direct = RateLimiter::direct_with_clock(quota, clock.clone());
    let advance = best(2_000_000, |_| clock.advance(Duration::from_millis(1)));
    let check = best(2_000_000, |_| {
        clock.advance(Duration::from_millis(1));
        black_box(direct.check().is_ok());
    });

    let wide = Quota::per_hour(NonZeroU32::new(1_000_000).unwrap()).allow_burst(NonZeroU32::new(1_000_000).unwrap());
    let map = RateLimiter::hashmap_with_clock(wide, FakeRelativeClock::default());
    let dash = RateLimiter::dashmap_with_clock(wide, FakeRelativeClock::default());
    (0..1_000_000).for_each(|n| {
        let _ = map.check_key(&numbered(n));
        let _ = dash.check_key(&numbered(n));
    });
    let mut x = 88172645463325252u64;
    let mut next = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        numbered((x >> 32) * 1_000_000 >> 32)
    };
    let keyed_map = best(1_000_000, |_| {
        black_box(map.check_key(&next()).is_ok());
    });
    let keyed_dash = best(1_000_000, |_| {
        black_box(dash.check_key(&next()).is_ok());
    });
    println!("{{\"direct\": {:.2}, \"keyed_hashmap\": {:.1}, \"keyed_dashmap\": {:.1}}}", check - advance, keyed_map, keyed_dash);
}
