using System.Security.Cryptography;
using Isthmus.Simulators.Faults;
using Isthmus.Simulators.Serving;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Simulators.Ehr;

/// <summary>
/// A stand-in for an EHR's FHIR R4 server with OAuth 2 (SMART Backend Services): durable, counting the effects on every resource,
/// misbehaving on demand. Shares no code with the product it plays the counterpart of.
/// </summary>
public sealed class EhrSimulator : IAsyncDisposable
{
    private readonly Counterpart counterpart;
    private readonly RegisteredClient client;

    private EhrSimulator(Counterpart counterpart, RegisteredClient client, string? clientKeyFile)
    {
        this.counterpart = counterpart;
        this.client = client;
        ClientKeyFile = clientKeyFile;
    }

    /// <summary>Scheme, host and port.</summary>
    public Uri Address => counterpart.Address;

    public Uri FhirBase => new(Address, "/fhir");

    public Uri TokenEndpointAddress => new(Address, "/oauth2/token");

    /// <summary>The private key made for the client, if none was registered at start.</summary>
    public string? ClientKeyFile { get; }

    /// <summary>Starts it; it answers once this returns.</summary>
    public static async Task<EhrSimulator> StartAsync(EhrOptions options, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.DataFolder);
        var madeKey = options.ClientKeys is null ? Path.Combine(options.DataFolder, "client-key.pem") : null;
        var client = new RegisteredClient(options.ClientId, options.ClientKeys ?? PublicHalf(madeKey!));
        try
        {
            var counterpart = await Counterpart.StartAsync(options, counterpart => Serve(counterpart, client, options), cancel);
            return new EhrSimulator(counterpart, client, madeKey);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await counterpart.DisposeAsync();
        client.Dispose();
    }

    private static RequestDelegate Serve(Counterpart counterpart, RegisteredClient client, EhrOptions options)
    {
        var tokens = new AccessTokens(options.TokenLife, options.Time);
        var token = new TokenEndpoint(new ClientAssertion(client, options.Time), tokens, options);
        FhirEndpoint? fhir = null;
        return async call =>
        {
            if (call.Request.Path.StartsWithSegments("/fhir", StringComparison.Ordinal, out var rest))
            {
                fhir ??= new FhirEndpoint(counterpart, tokens);
                await fhir.AnswerAsync(call, rest.Value ?? "");
            }
            else if (call.Request.Path.Equals("/oauth2/token", StringComparison.Ordinal) && call.Request.Method == "POST")
            {
                await TokenAsync(call);
            }
            else
            {
                await Answers.JsonAsync(call, new { error = "Nothing here." }, StatusCodes.Status404NotFound);
            }
        };

        async Task TokenAsync(HttpContext call)
        {
            var fault = counterpart.Faults.Take(call.Request.Path, draft: null);
            if (!await Answers.SurvivesAsync(call, fault, status => Answers.JsonAsync(call, new { error = "server_error" }, status)))
            {
                return;
            }

            await (fault is { Kind: Fault.TimeoutAfterEffect }
                ? Answers.FallSilentAsync(call, fault)
                : token.AnswerAsync(call, counterpart.Address));
        }
    }

    private static string PublicHalf(string privateKeyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        if (File.Exists(privateKeyFile))
        {
            key.ImportFromPem(File.ReadAllText(privateKeyFile));
        }
        else
        {
            PrivateFile.Write(privateKeyFile, key.ExportPkcs8PrivateKeyPem());
        }

        return key.ExportSubjectPublicKeyInfoPem();
    }
}
