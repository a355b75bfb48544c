namespace Isthmus.Api.Tests.Running;

/// <summary>The machine's time, moved forward by hand; what waits waits really.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Shift.TotalSeconds * System.TimestampFrequency);
}
