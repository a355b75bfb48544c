using System.Collections.Concurrent;
using System.Net;
using Isthmus.Trust.Access.Conduct;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// How much one address may ask for, before anything is looked at, and how often it may fail to prove who it is; kept by each node for
/// itself, in memory.
/// </summary>
internal sealed class AddressStep(AddressLimits limits, TimeProvider time) : AdmissionStep
{
    /// <summary>Beyond it the oldest are forgotten: a flood of addresses must not take the memory.</summary>
    private const int MostAddresses = 100_000;

    private readonly ConcurrentDictionary<IPAddress, Allowance> addresses = new();
    private long sweptAt = time.GetTimestamp();

    public string Name => "address";

    public ValueTask<Refused?> CheckAsync(Passage passage)
    {
        var allowance = Of(passage.Call.Connection.RemoteIpAddress);
        return ValueTask.FromResult(allowance.TryTake(limits, time) ? null : AdmissionRules.AddressTooBusy);
    }

    /// <summary>
    /// Whether the address failed to prove who it is too often. Others may share it, so it is asked only where somebody would fail again,
    /// or try to get a token.
    /// </summary>
    public bool HasFailedTooOften(IPAddress? address) => Of(address).HasFailedTooOften(limits, time);

    /// <summary>A request from the address was answered 401.</summary>
    public void Failed(IPAddress? address) => Of(address).Fail(limits, time);

    private Allowance Of(IPAddress? address)
    {
        Sweep();
        return addresses.GetOrAdd(SourceAddress.Of(address), static (_, first) => new Allowance(first), limits);
    }

    private void Sweep()
    {
        var last = Interlocked.Read(ref sweptAt);
        if ((addresses.Count < MostAddresses && time.GetElapsedTime(last) < limits.Forgotten)
            || Interlocked.CompareExchange(ref sweptAt, time.GetTimestamp(), last) != last)
        {
            return;
        }

        foreach (var (address, allowance) in addresses)
        {
            if (addresses.Count >= MostAddresses || allowance.IsFull(limits, time))
            {
                addresses.TryRemove(address, out _);
            }
        }
    }

    /// <summary>Two buckets of one address.</summary>
    private sealed class Allowance(AddressLimits first)
    {
        private readonly Lock gate = new();
        private double requests = first.Burst;
        private double failures = first.Failures;
        private long requestsAt;
        private long failuresAt;

        public bool TryTake(AddressLimits limits, TimeProvider time)
        {
            lock (gate)
            {
                Refill(ref requests, ref requestsAt, limits.PerSecond, limits.Burst, time);
                return Take(ref requests);
            }
        }

        public bool HasFailedTooOften(AddressLimits limits, TimeProvider time)
        {
            lock (gate)
            {
                Refill(ref failures, ref failuresAt, limits.FailuresPerSecond, limits.Failures, time);
                return failures < 1;
            }
        }

        public void Fail(AddressLimits limits, TimeProvider time)
        {
            lock (gate)
            {
                Refill(ref failures, ref failuresAt, limits.FailuresPerSecond, limits.Failures, time);
                Take(ref failures);
            }
        }

        public bool IsFull(AddressLimits limits, TimeProvider time)
        {
            lock (gate)
            {
                Refill(ref requests, ref requestsAt, limits.PerSecond, limits.Burst, time);
                Refill(ref failures, ref failuresAt, limits.FailuresPerSecond, limits.Failures, time);
                return requests >= limits.Burst && failures >= limits.Failures;
            }
        }

        private static bool Take(ref double held)
        {
            var has = held >= 1;
            held -= has ? 1 : 0;
            return has;
        }

        private static void Refill(ref double held, ref long at, double perSecond, int most, TimeProvider time)
        {
            var now = time.GetTimestamp();
            held = at == 0 ? held : Math.Min(most, held + time.GetElapsedTime(at, now).TotalSeconds * perSecond);
            at = now;
        }
    }
}

/// <summary>What one address is given. Many clients may share one behind a proxy of theirs, so it is much.</summary>
/// <param name="Failures">401 answers at once.</param>
/// <param name="FailuresPerSecond">401 answers sustained.</param>
internal sealed record AddressLimits(double PerSecond = 2000, int Burst = 4000, int Failures = 60, double FailuresPerSecond = 1)
{
    public TimeSpan Forgotten { get; init; } = TimeSpan.FromMinutes(5);
}
