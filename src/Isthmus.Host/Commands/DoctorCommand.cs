using System.CommandLine;
using Isthmus.Host.Doctor;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Store.Embedded;
using Isthmus.Trust.Keys;
using Npgsql;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus doctor</c>: what is not as it should be on this machine, and what helps. Fails only on faults.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var site = Options.Site();
        var json = Options.Json();
        var command = new Command("doctor", "Examine site, data folder, keys, store and clock, and say what helps.") { site, json };
        command.SetAction(async (parse, cancellation) =>
            Report(await ExamineAsync(parse.GetValue(site)!.FullName, TimeProvider.System, cancellation), parse.GetValue(json)));
        return command;
    }

    private static async Task<List<Diagnosis>> ExamineAsync(string siteFolder, TimeProvider time, CancellationToken cancellation)
    {
        var site = SiteInspection.Inspect(siteFolder, SiteOpening.EnvironmentVariables(), time);
        var dataFolder = Path.GetFullPath(EmbeddedOptions.DefaultDataFolder());
        List<Diagnosis> said =
        [
            Diagnosis.When(
                site.Model is not null, "site", site.Model is null ? $"{siteFolder} has faults: {site.Faults.Count}." : $"{site.Model.Name} in {siteFolder}, version {site.Model.Version}.",
                Verdict.Fault, $"isthmus site check {siteFolder}"),
            .. MachineChecks.Examine(dataFolder, site.Model?.Watermarks),
        ];
        if (site.Model is not null)
        {
            var files = SecretFolder("ISTHMUS_KEYS", dataFolder, "keys");
            var keys = KeySource.Open(site.Model.Keys, new KeyFolder(files), site.Model.Environment, time);
            said.AddRange(KeyChecks.Examine(dataFolder, files, site.Model.Environment));
            said.AddRange(KeyChecks.Examine(keys, site.Model));
            (keys as IDisposable)?.Dispose();
            said.AddRange(KeyChecks.Examine(dataFolder, SecretFolder("ISTHMUS_CREDENTIALS", dataFolder, "credentials"), site.Model.Environment));
        }

        try
        {
            said.AddRange(await ExamineStoreAsync(dataFolder, siteFolder, site.Files?.Version, time, cancellation));
        }
        catch (EmbeddedPostgresException cannot)
        {
            said.Add(Diagnosis.Fault("store", cannot.Message, "Mend that, or set ISTHMUS_DATABASE to a connection string of your own server."));
        }
        catch (Exception cannot) when (StoreFailure.Is(cannot))
        {
            said.Add(Diagnosis.Fault("store", $"The store does not answer: {cannot.Message}", "Check ISTHMUS_DATABASE and that the server runs."));
        }

        return said;
    }

    private static async Task<List<Diagnosis>> ExamineStoreAsync(string dataFolder, string siteFolder, string? siteVersion, TimeProvider time, CancellationToken cancellation)
    {
        if (Environment.GetEnvironmentVariable("ISTHMUS_DATABASE") is { Length: > 0 } own)
        {
            return await ExamineStoreAsync(own, embedded: false, siteFolder, siteVersion, time, cancellation);
        }

        await using var server = await EmbeddedPostgres.StartAsync(new EmbeddedOptions { DataFolder = dataFolder, Time = time }, cancellation);
        await using var store = NpgsqlDataSource.Create(server.SuperUserConnectionString());
        await using var made = store.CreateCommand("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)");
        made.Parameters.Add(new NpgsqlParameter { Value = Installation.DatabaseName });
        var database = await made.ExecuteScalarAsync(cancellation) is true ? Installation.DatabaseName : "postgres";
        return await ExamineStoreAsync(server.SuperUserConnectionString(database), embedded: true, siteFolder, siteVersion, time, cancellation);
    }

    private static string SecretFolder(string variable, string dataFolder, string name) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? given : Path.Combine(dataFolder, name);

    private static async Task<List<Diagnosis>> ExamineStoreAsync(
        string address, bool embedded, string siteFolder, string? siteVersion, TimeProvider time, CancellationToken cancellation)
    {
        await using var store = NpgsqlDataSource.Create(address);
        List<Diagnosis> said = siteVersion is null ? [] : [await SiteInForceCheck.ExamineAsync(store, siteFolder, siteVersion, cancellation)];
        return [.. said, .. await StoreChecks.ExamineAsync(store, embedded, time, cancellation), .. await EncryptionChecks.ExamineAsync(store, cancellation)];
    }

    private static int Report(List<Diagnosis> said, bool json)
    {
        var faults = said.Count(diagnosis => diagnosis.Verdict == Verdict.Fault);
        if (json)
        {
            Output.Json(new { ok = faults == 0, checks = said });
        }
        else
        {
            Show(said);
        }

        return faults == 0 ? 0 : 1;
    }

    private static void Show(List<Diagnosis> said)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var diagnosis in said)
        {
            var verdict = diagnosis.Verdict switch
            {
                Verdict.Ok => "[green]ok[/]",
                Verdict.Warning => "[yellow]warning[/]",
                _ => "[red]fault[/]",
            };
            var remedy = diagnosis.Remedy is null ? "" : $"\n[bold]{Markup.Escape(diagnosis.Remedy)}[/]";
            grid.AddRow(new Markup(verdict), new Markup(diagnosis.Check), new Markup(Markup.Escape(diagnosis.Said) + remedy));
        }

        Output.People.Write(grid);
    }
}
