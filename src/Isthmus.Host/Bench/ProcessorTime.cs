namespace Isthmus.Host.Bench;

/// <summary>
/// The clock of what is measured on one core: the time that the whole process, pinned to it, has had of the processor. On
/// a machine with nothing else to do it goes with the clock on the wall; on a busy one it leaves out the others' turns.
/// </summary>
internal static class ProcessorTime
{
    public static TimeSpan Now => Environment.CpuUsage.TotalTime;
}
