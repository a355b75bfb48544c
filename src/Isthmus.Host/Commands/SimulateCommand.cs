using System.CommandLine;
using System.Text.Json;
using Isthmus.Simulators.Ehr;
using Isthmus.Simulators.Receiver;
using Isthmus.Simulators.Registry;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus simulate ehr|registry|receiver|lab</c>: counterparts for trials and tests, each a process of its own.</summary>
internal static class SimulateCommand
{
    private static readonly Option<int> Port = new("--port") { Description = "The loopback port; 0 takes a free one." };

    private static readonly Option<DirectoryInfo?> Data = new("--data")
    {
        Description = "The folder of its durable state (default .isthmus/simulators/NAME).",
    };

    private static readonly Option<bool> WithParent = new("--with-parent")
    {
        Description = "Stop when standard input closes, as it does when the process that holds its other end dies.",
    };

    private static readonly Option<bool> AsJson = Options.Json();

    public static Command Create() => new("simulate", "Play a partner: durable, counting effects, with faults on demand.")
    {
        Ehr(),
        Registry(),
        Receiver(),
        SimulateLabCommand.Create(),
    };

    private static Command Ehr()
    {
        var clientId = new Option<string>("--client-id") { Description = "The client that may ask for tokens.", DefaultValueFactory = _ => "isthmus" };
        var clientKey = new Option<FileInfo?>("--client-key")
        {
            Description = "Its public key: a PEM or JWK (Set) file. Without it a key pair is made in the data folder.",
        };
        var clientSecret = new Option<FileInfo?>("--client-secret-file") { Description = "A file with a client secret to accept besides." };
        var tokenSeconds = new Option<int>("--token-seconds") { Description = "How long a token lives.", DefaultValueFactory = _ => 300 };
        var command = new Command("ehr", "A FHIR R4 server with OAuth 2 (SMART Backend Services).")
        {
            Port, Data, WithParent, AsJson, clientId, clientKey, clientSecret, tokenSeconds,
        };
        command.SetAction(async (parse, cancel) =>
        {
            await using var ehr = await EhrSimulator.StartAsync(new EhrOptions
            {
                DataFolder = Folder(parse, "ehr"),
                Port = parse.GetValue(Port),
                ClientId = parse.GetValue(clientId)!,
                ClientKeys = ReadIfGiven(parse.GetValue(clientKey)),
                ClientSecret = ReadIfGiven(parse.GetValue(clientSecret))?.Trim(),
                TokenLife = TimeSpan.FromSeconds(parse.GetValue(tokenSeconds)),
            }, cancel);
            Announce(parse, $"EHR ready: FHIR at {ehr.FhirBase}, tokens at {ehr.TokenEndpointAddress} for client {parse.GetValue(clientId)}{(ehr.ClientKeyFile is { } made ? $", whose key is in {made}" : "")}", new
            {
                simulator = "ehr",
                address = ehr.Address,
                fhir = ehr.FhirBase,
                token = ehr.TokenEndpointAddress,
                clientId = parse.GetValue(clientId),
                clientKeyFile = ehr.ClientKeyFile,
            });
            await UntilStoppedAsync(parse, cancel);
            return 0;
        });
        return command;
    }

    private static Command Registry()
    {
        var secretFile = new Option<FileInfo?>("--secret-file")
        {
            Description = "A file with the shared secret (whsec_…). Without it one is made in the data folder.",
        };
        var command = new Command("registry", "A registry that takes signed webhooks.")
        {
            Port, Data, WithParent, AsJson, secretFile,
        };
        command.SetAction(async (parse, cancel) =>
        {
            await using var registry = await RegistrySimulator.StartAsync(new RegistryOptions
            {
                DataFolder = Folder(parse, "registry"),
                Port = parse.GetValue(Port),
                Secret = ReadIfGiven(parse.GetValue(secretFile)),
            }, cancel);
            Announce(parse, $"Registry ready: events at {registry.Events}{(registry.SecretFile is { } made ? $", signed with the secret in {made}" : "")}", new { simulator = "registry", address = registry.Address, events = registry.Events, secretFile = registry.SecretFile });
            await UntilStoppedAsync(parse, cancel);
            return 0;
        });
        return command;
    }

    private static Command Receiver()
    {
        var mllpPort = new Option<int>("--mllp-port") { Description = "The loopback port for MLLP; 0 takes a free one. --port is that of its pages." };
        var forgetful = new Option<bool>("--forgetful") { Description = "Give a repeated MSH-10 a second effect, as many receivers do." };
        var command = new Command("receiver", "A hospital system that takes HL7 v2 over MLLP, in original and enhanced mode.")
        {
            Port, Data, WithParent, AsJson, mllpPort, forgetful,
        };
        command.SetAction(async (parse, cancel) =>
        {
            await using var receiver = await ReceiverSimulator.StartAsync(new ReceiverOptions
            {
                DataFolder = Folder(parse, "receiver"),
                Port = parse.GetValue(Port),
                MllpPort = parse.GetValue(mllpPort),
                RecognisesRepeats = !parse.GetValue(forgetful),
            }, cancel);
            Announce(parse, $"Receiver ready: MLLP at 127.0.0.1:{receiver.MllpPort}, pages at {receiver.Address}simulator/effects", new { simulator = "receiver", address = receiver.Address, mllp = $"127.0.0.1:{receiver.MllpPort}" });
            await UntilStoppedAsync(parse, cancel);
            return 0;
        });
        return command;
    }

    private static string Folder(ParseResult parse, string name) =>
        parse.GetValue(Data)?.FullName ?? Path.GetFullPath(Path.Combine(".isthmus", "simulators", name));

    private static string? ReadIfGiven(FileInfo? file) => file is null ? null : File.ReadAllText(file.FullName);

    /// <summary>One line, so that whoever started the process can wait for it.</summary>
    private static void Announce(ParseResult parse, string sentence, object ready)
    {
        Console.Out.WriteLine(parse.GetValue(AsJson) ? JsonSerializer.Serialize(ready, JsonSerializerOptions.Web) : sentence);
        Console.Out.Flush();
    }

    private static async Task UntilStoppedAsync(ParseResult parse, CancellationToken cancel)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancel.Register(() => stopped.TrySetResult());
        await (parse.GetValue(WithParent) ? Task.WhenAny(stopped.Task, StandardInputClosedAsync()) : stopped.Task);
    }

    private static async Task StandardInputClosedAsync()
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (await input.ReadAsync(buffer) > 0)
        {
        }
    }
}
