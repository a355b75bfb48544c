using System.Net;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary><c>isthmus.yaml</c> as read: everything of the site but its contracts.</summary>
internal sealed record Settings(
    string Name,
    SiteEnvironment Environment,
    Tenant Tenant,
    string? DataFolder,
    KeySettings Keys,
    IReadOnlyDictionary<string, ListenerSettings> Listeners,
    IReadOnlyDictionary<string, DestinationSettings> Destinations,
    Watermarks Watermarks,
    string LogLevel,
    AccessSettings? Access);

internal static class SettingsReader
{
    public static Settings Read(Section root)
    {
        var tenant = root.Sub("tenant", "says whose data this is, and its id binds every record");
        var keys = root.Sub("keys", "says which keys encrypt what");
        var water = root.Sub("watermarks", "says when to stop acknowledging before the disk fills");
        return new Settings(
            root.Text("site", "is the name people see"),
            root.Choice<SiteEnvironment>("environment", "keeps production and trial apart"),
            new Tenant(
                (short)tenant.Number("id", "is part of every key of the store", 1, short.MaxValue),
                tenant.Text("name", "names the tenant in the console")),
            root.OptionalText("data-folder"),
            Keys(keys),
            root.Named("listeners", "says where systems connect").ToDictionary(l => l.Name, l => Listener(l.Name, l.Section)),
            root.Named("destinations", "says where data may be delivered").ToDictionary(d => d.Name, d => Destination(d.Name, d.Section)),
            new Watermarks(
                water.Value<long>("disk-free-bytes", "stops acknowledging while there is room to finish", Quantities.TryBytes, Quantities.BytesShape),
                water.Number("disk-free-percent", "stops acknowledging while there is room to finish", 1, 90),
                water.Value<TimeSpan>("queue-age", "stops acknowledging when work does not move", Quantities.TryDuration, Quantities.DurationShape)),
            root.ValueOr("log-level", "information", TryLogLevel, "one of trace, debug, information, warning, error"),
            root.OptionalSub("access") is { } access ? AccessSettingsReader.Read(access) : null);
    }

    private static KeySettings Keys(Section keys) => new(
        keys.Text("folder", "is where key files lie, apart from the data"),
        keys.Text("records", "names the key that wraps record keys"),
        keys.Text("pseudonyms", "names the secret from which pseudonyms are made"))
    {
        Provider = keys.Choice("provider", KeyProvider.Folder),
        Vault = keys.OptionalSub("vault") is { } vault ? Vault(vault) : null,
    };

    private static VaultSettings Vault(Section vault) => new(
        vault.Value<Uri>("address", "says where the vault is", Quantities.TryUrl, Quantities.UrlShape) ?? new Uri("http://localhost/"),
        vault.Text("path", "is where in the vault the keys lie").Trim('/'),
        vault.Text("token", "names the key file that holds the token for the vault"),
        vault.OptionalText("authorities"),
        vault.ValueOr("refresh", TimeSpan.FromSeconds(30), Quantities.TryDuration, Quantities.DurationShape));

    private static ListenerSettings Listener(string name, Section listener)
    {
        var limits = listener.Sub("limits", "bounds what one sender can take");
        var maxFrame = (int)limits.Value<long>("max-frame", "bounds the memory a frame can take", TryFrameSize, "a size from 1KiB to 256MiB");
        return new ListenerSettings(
            name,
            listener.Choice<ListenerKind>("kind", "says which protocol is spoken"),
            listener.Value<IPAddress>("bind", "says on which address to listen", IPAddress.TryParse, "an IP address") ?? IPAddress.Loopback,
            listener.Number("port", "says on which port to listen (0: any free one)", 0, 65535),
            listener.OptionalSub("tls") is { } tls ? Tls(tls) : null,
            new ListenerLimits(
                maxFrame,
                limits.Value<TimeSpan>("idle", "closes connections that say nothing", Quantities.TryDuration, Quantities.DurationShape),
                limits.Value<TimeSpan>("slow-sender", "ends frames that never end", Quantities.TryDuration, Quantities.DurationShape),
                limits.Number("max-connections", "bounds the connections held", 1, 100_000),
                limits.ValueOr(
                    "memory", Math.Max(ListenerLimits.DefaultMemoryBytes, ListenerLimits.LeastMemoryFor(maxFrame)),
                    (string text, out long size) => Quantities.TryBytes(text, out size) && size >= ListenerLimits.LeastMemoryFor(maxFrame),
                    "a size of at least four times max-frame")))
        {
            Path = listener.ValueOr("path", "/", TryPath, "a path such as / or /hl7"),
        };
    }

    private static TlsSettings Tls(Section tls) => new(
        tls.Text("certificate", "is the chain shown to senders"),
        tls.Text("key", "is the private key of the certificate"),
        tls.OptionalText("client-authorities"),
        tls.OptionalText("client-revocations"))
    {
        ClientCertificates = tls.Choice("client-certificates", ClientCertificates.Demanded),
    };

    private static DestinationSettings Destination(string name, Section destination)
    {
        var auth = destination.Sub("authentication", "says how we prove ourselves to it");
        var kind = destination.Choice<ConnectorKind>("kind", "says which connector speaks to it");
        return new DestinationSettings
        {
            Name = name,
            Kind = kind,
            BaseUrl = Address(destination, kind),
            Mllp = kind == ConnectorKind.Mllp ? Mllp(destination) : null,
            Exposure = destination.Choice<Exposure>("exposure", "says whether data leaves the organisation"),
            Authentication = auth.Choice<DestinationAuthentication>("method", "says how we prove ourselves"),
            TokenUrl = auth.ValueOr<Uri?>("token-url", null, Quantities.TryUrl!, Quantities.UrlShape),
            ClientId = auth.OptionalText("client-id"),
            Key = auth.OptionalText("key"),
            Timeout = destination.Value<TimeSpan>("timeout", "bounds one request", Quantities.TryDuration, Quantities.DurationShape),
            Concurrency = destination.Number("concurrency", "bounds requests in flight", 1, 1000),
        };
    }

    private static Uri Address(Section destination, ConnectorKind kind) => kind == ConnectorKind.Mllp
        ? destination.Value<Uri>("base-url", "says where it is", Quantities.TryMllpUrl, Quantities.MllpUrlShape) ?? new Uri("mllp://localhost:1/")
        : destination.Value<Uri>("base-url", "says where it is", Quantities.TryUrl, Quantities.UrlShape) ?? new Uri("http://localhost/");

    private static MllpTerms Mllp(Section destination) => new(
        destination.Choice("acknowledgement", MllpAcknowledgement.Original),
        destination.Flag("recognises-repeats", false),
        destination.OptionalText("authorities"))
    {
        Sender = Named(destination.OptionalSub("sender")),
        Receiver = Named(destination.OptionalSub("receiver")),
    };

    private static Sender? Named(Section? system) => system is null
        ? null
        : new Sender(system.Text("application", "is written into the header"), system.Text("facility", "is written into the header"));

    private static bool TryPath(string text, out string path)
    {
        path = text;
        return text.StartsWith('/') && Uri.IsWellFormedUriString(text, UriKind.Relative) && !text.AsSpan().ContainsAny('?', '#');
    }

    private static bool TryLogLevel(string text, out string level)
    {
        level = text;
        return text is "trace" or "debug" or "information" or "warning" or "error";
    }

    private static bool TryFrameSize(string text, out long size) =>
        Quantities.TryBytes(text, out size) && size is >= 1 << 10 and <= 256 << 20;
}
