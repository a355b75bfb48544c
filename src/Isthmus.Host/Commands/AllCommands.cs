using System.CommandLine;

namespace Isthmus.Host.Commands;

/// <summary>Every command of the binary, one line each.</summary>
internal static class AllCommands
{
    public static IEnumerable<Command> Create() =>
    [
        TaskCommand.Create(),
        AuditCommand.Create(),
        ConvertCommand.Create(),
        DeadCommand.Create(),
        SimulateCommand.Create(),
        SiteCommand.Create(),
        SendCommand.Create(),
        SynthCommand.Create(),
        BenchCommand.Create(),
        DoctorCommand.Create(),
    ];
}
