using Isthmus.Simulators.Serving;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Simulators.Registry;

/// <summary>What the registry simulator is started with.</summary>
public sealed record RegistryOptions : CounterpartOptions
{
    /// <summary>The shared secret as <c>whsec_base64</c>. Null: one is made in the data folder (<c>webhook-secret</c>).</summary>
    public string? Secret { get; init; }
}

/// <summary>
/// A stand-in for a disease registry that takes signed webhooks: durable, counting the effects of every event,
/// misbehaving on demand.
/// </summary>
public sealed class RegistrySimulator : IAsyncDisposable
{
    private readonly Counterpart counterpart;

    private RegistrySimulator(Counterpart counterpart, string? secretFile)
    {
        this.counterpart = counterpart;
        SecretFile = secretFile;
    }

    /// <summary>Scheme, host and port.</summary>
    public Uri Address => counterpart.Address;

    public Uri Events => new(Address, "/events");

    /// <summary>The secret made for the sender, if none was given at start.</summary>
    public string? SecretFile { get; }

    /// <summary>Starts it; it answers once this returns.</summary>
    public static async Task<RegistrySimulator> StartAsync(RegistryOptions options, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.DataFolder);
        var madeSecret = options.Secret is null ? Path.Combine(options.DataFolder, "webhook-secret") : null;
        if (madeSecret is not null && !File.Exists(madeSecret))
        {
            PrivateFile.Write(madeSecret, WebhookSignature.NewSecret());
        }

        var secret = WebhookSignature.ReadSecret(options.Secret ?? await File.ReadAllTextAsync(madeSecret!, cancel));
        var signature = new WebhookSignature(secret, options.Time);
        return new RegistrySimulator(
            await Counterpart.StartAsync(options, counterpart => Serve(new EventEndpoint(counterpart, signature)), cancel), madeSecret);
    }

    public ValueTask DisposeAsync() => counterpart.DisposeAsync();

    private static RequestDelegate Serve(EventEndpoint events) => call =>
        call.Request.Method == "POST" && call.Request.Path.Equals("/events", StringComparison.Ordinal)
            ? events.AnswerAsync(call)
            : Answers.JsonAsync(call, new { error = "Nothing here." }, StatusCodes.Status404NotFound);
}
