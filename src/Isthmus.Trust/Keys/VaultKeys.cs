using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Isthmus.Exchange.Contracts;

namespace Isthmus.Trust.Keys;

/// <summary>
/// Keys in a vault that speaks the HTTP interface of a key-value store with versions (<c>GET /v1/PATH/NAME</c>, the answer's
/// <c>data.data.value</c>). A key is asked for again when it has been in hand for the refresh period. While the vault does not
/// answer, or refuses, the one in hand serves on: care does not stop for it. One that the vault says is gone is gone.
/// </summary>
public sealed class VaultKeys : KeySource, IDisposable
{
    /// <summary>A chain of certificates is the longest thing kept there.</summary>
    private const int LargestAnswer = 256 * 1024;

    /// <summary>Whoever needs a key waits for it, so this is short; a vault stands near.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>After a failure the vault is left alone for this long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly VaultSettings settings;
    private readonly KeyFolder folder;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker http;
    private readonly Meter meter = new("Isthmus.Keys");
    private readonly Counter<long> failures;
    private readonly ConcurrentDictionary<string, Held> held = new(StringComparer.Ordinal);

    public VaultKeys(VaultSettings settings, KeyFolder folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.settings = settings;
        this.folder = folder;
        this.time = time;
        failures = meter.CreateCounter<long>("isthmus.keys.vault_failures", description: "Keys that the vault did not give when asked; the one in hand served on.");
        http = new HttpMessageInvoker(Handler(settings, folder));
    }

    public override string Place => $"{settings.Address.GetLeftPart(UriPartial.Authority)}/v1/{settings.Path}";

    public void Dispose()
    {
        http.Dispose();
        meter.Dispose();
    }

    protected override string? Read(string name)
    {
        if (Path.IsPathRooted(name))
        {
            return folder.Has(name) ? folder.Text(name) : null;
        }

        var key = held.GetOrAdd(name, static _ => new Held());
        if (key.IsDue(time))
        {
            // One at a time asks; the others wait for what it brings.
            lock (key)
            {
                if (key.IsDue(time))
                {
                    Refresh(name, key);
                }
            }
        }

        return key.Value;
    }

    private void Refresh(string name, Held key)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(settings.Address, $"/v1/{settings.Path}/{Uri.EscapeDataString(name)}"));
            request.Headers.TryAddWithoutValidation("X-Vault-Token", folder.Text(settings.Token));
            request.Headers.TryAddWithoutValidation("X-Vault-Request", "true");
            using var answer = http.Send(request, patience.Token);
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                key.Set(null, time, settings.Refresh);
                return;
            }

            if (answer.IsSuccessStatusCode && ValueOf(answer, patience.Token) is { } value)
            {
                key.Set(value, time, settings.Refresh);
                return;
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException or KeyMissingException)
        {
            // Counted below; what is in hand serves on.
        }

        failures.Add(1);
        key.Leave(time, Pause);
    }

    private static string? ValueOf(HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var body = answer.Content.ReadAsStream(cancellation);
        var bytes = new byte[LargestAnswer];
        var length = body.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("data", out var versioned) && versioned.ValueKind == JsonValueKind.Object
                && versioned.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()!.Trim()
                : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static SocketsHttpHandler Handler(VaultSettings settings, KeyFolder folder)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = Patience };
        if (settings.Authorities is { } authorities)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(folder.Certificates(authorities));
        }

        return handler;
    }

    /// <summary>A key in hand, and when to ask for it again.</summary>
    private sealed class Held
    {
        private long since;
        private TimeSpan good = TimeSpan.MinValue;

        public string? Value { get; private set; }

        public bool IsDue(TimeProvider time) => good == TimeSpan.MinValue || time.GetElapsedTime(since) >= good;

        public void Set(string? value, TimeProvider time, TimeSpan refresh)
        {
            Value = value;
            Leave(time, refresh);
        }

        public void Leave(TimeProvider time, TimeSpan until)
        {
            since = time.GetTimestamp();
            good = until;
        }
    }
}
