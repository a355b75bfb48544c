using System.CommandLine;
using Isthmus.Host.Terminal;
using Isthmus.Simulators.Lab;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus synth population|messages</c>: invented patients and their results as files.</summary>
internal static class SynthCommand
{
    private static readonly Option<int> Seed = new("--seed") { Description = "One seed, one population, one traffic.", DefaultValueFactory = _ => 1 };

    private static readonly Option<int> Patients = new("--patients") { Description = "Size of the population.", DefaultValueFactory = _ => 1000 };

    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "The folder to write into.",
        DefaultValueFactory = _ => new DirectoryInfo("."),
    };

    private static readonly Option<string> IdentifierSystem = new("--system")
    {
        Description = "The identifier system of the record numbers.",
        DefaultValueFactory = _ => SyntheticPopulation.DefaultSystem,
    };

    private static readonly Option<string> Registry = new("--registry")
    {
        Description = "The recipient that the consents speak of.",
        DefaultValueFactory = _ => "Organization/renal-registry",
    };

    private static readonly Option<int> Count = new("--count") { Description = "How many messages.", DefaultValueFactory = _ => 100 };

    public static Command Create() => new("synth", "Invent patients and their traffic.") { Population(), Messages() };

    private static Command Population()
    {
        var json = Options.Json();
        var command = new Command("population", "Write patients.ndjson (FHIR Patient), patients.csv and consents.ndjson (FHIR Consent).")
        {
            Seed, Patients, IdentifierSystem, Registry, Out, json,
        };
        command.SetAction(parse =>
        {
            var patients = SyntheticPopulation.Create(parse.GetValue(Seed), parse.GetValue(Patients));
            var folder = Directory.CreateDirectory(parse.GetValue(Out)!.FullName);
            var system = parse.GetValue(IdentifierSystem)!;
            Write(folder, "patients.ndjson", output => PatientFiles.WriteFhir(output, patients, system));
            Write(folder, "patients.csv", output => PatientFiles.WriteCsv(output, patients));
            Write(folder, "consents.ndjson", output => ConsentFiles.WriteFhir(output, patients, system, parse.GetValue(Registry)!));
            Tell(parse.GetValue(json), folder, "patients", patients.Count);
        });
        return command;
    }

    private static Command Messages()
    {
        var json = Options.Json();
        var command = new Command("messages", "Write ORU^R01 messages, a file each, named by control id.") { Seed, Patients, Count, Out, json };
        command.SetAction(parse =>
        {
            var traffic = new LabTraffic(parse.GetValue(Seed), SyntheticPopulation.Create(parse.GetValue(Seed), parse.GetValue(Patients)));
            var folder = Directory.CreateDirectory(parse.GetValue(Out)!.FullName);
            for (var ordinal = 0; ordinal < parse.GetValue(Count); ordinal++)
            {
                var message = traffic.At(ordinal);
                Write(folder, $"{message.Facts.ControlId}.hl7", output => output.Write(message.Bytes.Span));
            }

            Tell(parse.GetValue(json), folder, "messages", parse.GetValue(Count));
        });
        return command;
    }

    private static void Write(DirectoryInfo folder, string name, Action<Stream> write)
    {
        using var output = File.Create(Path.Combine(folder.FullName, name));
        write(output);
    }

    private static void Tell(bool json, DirectoryInfo folder, string what, int count)
    {
        if (json)
        {
            Output.Json(new { folder = folder.FullName, what, count });
        }
        else
        {
            Output.People.MarkupLineInterpolated($"{count} {what} in {folder.FullName}");
        }
    }
}
