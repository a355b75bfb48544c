using System.CommandLine;

namespace Isthmus.Host.Commands;

/// <summary>Every command of the binary, one line each.</summary>
internal static class AllCommands
{
    public static IEnumerable<Command> Create() =>
    [
        DemoCommand.Create(),
        ServeCommand.Create(),
        SiteCommand.Create(),
        IntegrationCommand.Create(),
        ConvertCommand.Create(),
        MapCommand.Create(),
        FhirPathCommand.Create(),
        ValidateCommand.Create(),
        ConformanceCommand.Create(),
        TerminologyCommand.Create(),
        SendCommand.Create(),
        MessageCommand.Create(),
        DeadCommand.Create(),
        CodeCommand.Create(),
        TaskCommand.Create(),
        AuditCommand.Create(),
        ClientCommand.Create(),
        KeysCommand.Create(),
        TokenCommand.Create(),
        RecordsCommand.Create(),
        SwitchCommand.Create(),
        QuotaCommand.Create(),
        SynthCommand.Create(),
        SimulateCommand.Create(),
        BenchCommand.Create(),
        DoctorCommand.Create(),
    ];
}
