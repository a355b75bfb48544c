using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Isthmus.Api.Tests.Running;
using Isthmus.Store.Embedded;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>
/// The demo site with its door under TLS, where certificates are welcome, and a second door that demands one; a running zone <c>api</c>,
/// and one partner who was let in four ways. What partners run is theirs: shells, Node and whatever libraries they like.
/// </summary>
public sealed class PartnerSite : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(2);

    private const string Limits = "    limits:\n      max-frame: 16MiB\n      idle: 2m\n      slow-sender: 30s\n      max-connections: 1000\n";

    private readonly Authority authority = new();
    private readonly string data = TestPostgres.NewDataFolder();
    private readonly DirectoryInfo folder = Scratch.NewFolder("partner");
    private readonly int port = FreePort.Next();
    private readonly int certifiedPort = FreePort.Next();
    private EmbeddedPostgres? store;
    private IsthmusProcess? node;
    private JwksHost? keys;

    public string Issuer => string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}");

    /// <summary>The door that demands a certificate.</summary>
    public string Certified => string.Create(CultureInfo.InvariantCulture, $"https://localhost:{certifiedPort}");

    /// <summary>The authority that vouches for both doors and for the partner's certificate.</summary>
    public string Authorities => Path.Combine(data, "keys", "clients.pem");

    /// <summary>The partner's own folder.</summary>
    public string Folder => folder.FullName;

    private Dictionary<string, string> Environment => new(StringComparer.Ordinal)
    {
        ["ISTHMUS_DATA"] = data,
        ["ISTHMUS_SITE"] = Path.Combine(Folder, "site"),
    };

    public async Task InitializeAsync()
    {
        store = await EmbeddedPostgres.StartAsync(new EmbeddedOptions { DataFolder = data, Durable = false }, CancellationToken.None);
        authority.WriteTo(Directory.CreateDirectory(Path.Combine(data, "keys")).FullName);
        await WriteSiteAsync();
        node = IsthmusProcess.Start(Environment, "serve", "--roles", "api", "--json");
        var ready = await node.Output.ReadLineAsync().WaitAsync(StartLimit);
        Assert.True(ready is not null, $"The zone did not start: {node.Complaints}");
    }

    public async Task DisposeAsync()
    {
        if (node is { HasExited: false })
        {
            await node.TerminateAsync();
            await node.EndAsync(StartLimit);
        }

        if (node is not null)
        {
            await node.DisposeAsync();
        }

        if (keys is not null)
        {
            await keys.DisposeAsync();
        }

        if (store is not null)
        {
            await store.DisposeAsync();
        }

        authority.Dispose();
        Directory.Delete(Path.GetDirectoryName(data)!, recursive: true);
        folder.Delete(recursive: true);
    }

    /// <summary>Lets the partner in by keys, by keys at a URL, by a certificate, and with tokens bound to proofs; says where that is written.</summary>
    public async Task<string> LetPartnerInAsync()
    {
        var file = Path.Combine(Folder, "given.json");
        if (File.Exists(file))
        {
            return file;
        }

        var made = await NodeAsync("keys.mjs", Folder);
        Assert.True(made.Code == 0, made.Said);
        var jwks = Path.Combine(Folder, "jwks.json");
        keys = new JwksHost(await File.ReadAllTextAsync(jwks));
        var (certificate, key, thumbprint) = await WriteCertificateAsync();
        var given = new
        {
            issuer = Issuer,
            certified = Certified,
            certificate = new { file = certificate, key, thumbprint },
            clients = new
            {
                direct = await RegisterAsync("--jwks", jwks),
                byUrl = await RegisterAsync("--jwks-url", keys.Url.ToString()),
                certified = await RegisterAsync("--certificate", certificate),
                dpop = await RegisterAsync("--jwks", jwks, "--dpop"),
                desk = await RegisterForAsync("partner-desk", "--jwks", jwks),
            },
            jwks = JsonDocument.Parse(await File.ReadAllTextAsync(jwks)).RootElement,
            keys = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "keys.json"))).RootElement,
        };
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(given));
        return file;
    }

    /// <summary>Runs a script of the folder Partners.</summary>
    public Task<(int Code, string Said)> NodeAsync(string script, params string[] arguments) =>
        RunAsync("node", [Repository.PathOf("test", "Isthmus.Journeys.Tests", "Partners", script), .. arguments], new Dictionary<string, string>());

    /// <summary>Somebody looks at a client that was proposed, and lets it in; the node knows within a second.</summary>
    public Task ApproveAsync(string client) => CommandAsync(["client", "approve", client, "--as", "ben", "--reason", "agreement 4711", "--json"]);

    /// <summary>Runs a program as the partner has it, in the partner's folder, trusting the site's authority.</summary>
    public async Task<(int Code, string Said)> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NODE_EXTRA_CA_CERTS"] = Authorities;
        start.Environment["CURL_CA_BUNDLE"] = Authorities;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complaint = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(RunLimit);
        return (process.ExitCode, await said + await complaint);
    }

    /// <summary>Runs blocks of a page one after the other in one shell, where <c>isthmus</c> is about this site.</summary>
    public async Task<(int Code, string Said)> RunShellAsync(IEnumerable<string> blocks, IReadOnlyDictionary<string, string> environment)
    {
        var script = Path.Combine(Folder, "page.sh");
        await File.WriteAllTextAsync(script, $"set -euo pipefail\nisthmus() {{ dotnet '{IsthmusProcess.Binary}' \"$@\"; }}\n{string.Join('\n', blocks)}");
        var all = new Dictionary<string, string>(Environment, StringComparer.Ordinal) { ["ISTHMUS_HOME"] = Repository.Root };
        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        return await RunAsync("bash", [script], all);
    }

    /// <summary>The id of somebody who is on file.</summary>
    public async Task<string> PatientAsync()
    {
        await CommandAsync(["records", "load", Repository.PathOf("site", "demo", "samples", "patients.ndjson"), "--json"]);
        await using var source = NpgsqlDataSource.Create(store!.SuperUserConnectionString("isthmus"));
        await using var query = source.CreateCommand("SELECT person FROM phi.resource LIMIT 1");
        return (await query.ExecuteScalarAsync())!.ToString()!;
    }

    private Task<string> RegisterAsync(params string[] credential) => RegisterForAsync("patient-app", credential);

    private async Task<string> RegisterForAsync(string integration, params string[] credential)
    {
        var registered = await CommandAsync(
            ["client", "register", "--integration", integration, "--name", "Renal board", "--owner", "Nephrology", "--purpose", "Shows results.", "--as", "anna", "--json", .. credential]);
        var id = registered.GetProperty("client").GetString()!;
        await ApproveAsync(id);
        return id;
    }

    private async Task<JsonElement> CommandAsync(string[] arguments)
    {
        await using var process = IsthmusProcess.Start(Environment, arguments);
        var said = await process.Output.ReadToEndAsync().WaitAsync(RunLimit);
        var code = await process.EndAsync(RunLimit);
        Assert.True(code == 0, $"isthmus {string.Join(' ', arguments)} ended with {code}: {said}{process.Complaints}");
        return JsonDocument.Parse(said).RootElement;
    }

    private async Task<(string File, string Key, string Thumbprint)> WriteCertificateAsync()
    {
        using var certificate = authority.Issue("CN=renal board");
        var (file, key) = (Path.Combine(Folder, "partner.pem"), Path.Combine(Folder, "partner.key"));
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return (file, key, Base64Url.EncodeToString(SHA256.HashData(certificate.RawData)));
    }

    /// <summary>The demo's, but for its doors.</summary>
    private async Task WriteSiteAsync()
    {
        var site = Environment["ISTHMUS_SITE"];
        await DemoSite.CopyToAsync(
            site,
            ("isthmus.yaml", $"  api:\n    kind: api\n    bind: 127.0.0.1\n    port: 8443\n{Limits}",
                DoorAt("api-certified", certifiedPort, ", client-authorities: clients.pem") + DoorAt("api", port, ", client-authorities: clients.pem, client-certificates: welcome")),
            ("isthmus.yaml", "  issuer: http://127.0.0.1:8443\n", $"  issuer: {Issuer}\n  certificate-address: {Certified}\n"));
        var app = await File.ReadAllTextAsync(Path.Combine(site, "integrations", "patient-app.yaml"));
        var (from, to) = (app.IndexOf("scopes:", StringComparison.Ordinal), app.IndexOf("routes:", StringComparison.Ordinal));
        await File.WriteAllTextAsync(
            Path.Combine(site, "integrations", "partner-desk.yaml"),
            string.Concat(app.AsSpan(0, from), "scopes: [\"client:register\"]\n", app.AsSpan(to))
                .Replace("contract: patient-app", "contract: partner-desk", StringComparison.Ordinal)
                .Replace("class: read", "class: admin", StringComparison.Ordinal));
    }

    private static string DoorAt(string name, int port, string authorities) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {name}:\n    kind: api\n    bind: 127.0.0.1\n    port: {port}\n    tls: {{ certificate: server.pem, key: server.key{authorities} }}\n{Limits}");
}
