using System.CommandLine;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Isthmus.Host.Sending;
using Isthmus.Host.Terminal;
using Isthmus.Simulators.Lab;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus send mllp HOST:PORT PATH…</c> and <c>send http URL PATH…</c>: sends files and shows how each message was answered.</summary>
internal static class SendCommand
{
    /// <summary>More rows than this are no longer read; then only what was not accepted is listed.</summary>
    private const int ListedRows = 50;

    private static readonly Argument<string> Target = new("HOST:PORT") { Description = "Where to send." };

    private static readonly Argument<string> Address = new("URL") { Description = "Where to send." };

    private static readonly Argument<string[]> Paths = new("PATH")
    {
        Description = "Files, folders (their *.hl7) or patterns; a file may hold several messages or a batch.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<int> Connections = new("--connections")
    {
        Description = "Connections at once; the messages about one patient keep to one, in order.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> Pipelined = new("--pipelined") { Description = "Send ahead of the answers, up to 32 frames." };

    private static readonly Option<int> Timeout = new("--timeout")
    {
        Description = "Seconds to wait for an answer.",
        DefaultValueFactory = _ => 30,
    };

    private static readonly Option<bool> Tls = new("--tls") { Description = "MLLP over TLS; the certificate must be trusted." };

    private static readonly Option<FileInfo?> TlsAuthority = new("--tls-ca") { Description = "A PEM file of authorities to trust instead of the system's." };

    private static readonly Option<FileInfo?> TlsCertificate = new("--tls-cert") { Description = "Our certificate for mutual TLS (PEM, with --tls-key)." };

    private static readonly Option<FileInfo?> TlsKey = new("--tls-key") { Description = "The private key of --tls-cert (PEM)." };

    public static Command Create() => new("send", "Send messages and check how they are answered.") { Mllp(), Http() };

    private static Command Mllp()
    {
        var json = Options.Json();
        var command = new Command("mllp", "Send HL7 v2 messages over MLLP.")
        {
            Target, Paths, Connections, Pipelined, Timeout, Tls, TlsAuthority, TlsCertificate, TlsKey, json,
        };
        command.SetAction(async (parse, cancel) =>
        {
            var (host, port) = MllpTarget.Parse(parse.GetValue(Target)!);
            var messages = MessageFiles.Read(parse.GetValue(Paths)!);
            var sender = new MllpSender(host, port, new MllpOptions
            {
                AnswerTimeout = TimeSpan.FromSeconds(parse.GetValue(Timeout)),
                IsPipelined = parse.GetValue(Pipelined),
                Tls = parse.GetValue(Tls) ? Security(parse, host) : null,
            });
            var sent = await sender.SendAsync(messages, parse.GetValue(Connections), TimeProvider.System, cancel);
            Print(parse.GetValue(Target)!, sent, parse.GetValue(json));
            return sent.Outcomes.All(outcome => outcome.IsAccepted) ? 0 : 1;
        });
        return command;
    }

    private static Command Http()
    {
        var json = Options.Json();
        var command = new Command("http", "Send HL7 v2 messages over HTTP.")
        {
            Address, Paths, Timeout, TlsAuthority, TlsCertificate, TlsKey, json,
        };
        command.SetAction(async (parse, cancel) =>
        {
            var target = HttpSender.Target(parse.GetValue(Address)!);
            var messages = MessageFiles.Read(parse.GetValue(Paths)!);
            var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, SslOptions = Security(parse, target.IdnHost) };
            using var sender = new HttpSender(target, handler, TimeSpan.FromSeconds(parse.GetValue(Timeout)));
            var sent = await sender.SendAsync(messages, TimeProvider.System, cancel);
            Print(parse.GetValue(Address)!, sent, parse.GetValue(json));
            return sent.Outcomes.All(outcome => outcome.IsAccepted) ? 0 : 1;
        });
        return command;
    }

    private static SslClientAuthenticationOptions Security(ParseResult parse, string host)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (parse.GetValue(TlsAuthority) is { } authority)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority.FullName);
        }

        if (parse.GetValue(TlsCertificate) is { } certificate)
        {
            var pair = X509Certificate2.CreateFromPemFile(certificate.FullName, parse.GetValue(TlsKey)?.FullName);
            options.ClientCertificates = [pair];
        }

        return options;
    }

    private static void Print(string target, SendReport sent, bool json)
    {
        if (json)
        {
            Output.Json(new
            {
                target,
                messages = sent.Outcomes.Select(o => new { o.File, o.Number, o.ControlId, o.Ack, o.Rule, o.Text, ms = Math.Round(o.Milliseconds, 3) }),
                accepted = sent.Accepted,
                refused = sent.Refused,
                unanswered = sent.Unanswered,
                seconds = Math.Round(sent.Elapsed.TotalSeconds, 3),
            });
            return;
        }

        var listed = sent.Outcomes.Count <= ListedRows ? sent.Outcomes : [.. sent.Outcomes.Where(o => !o.IsAccepted).Take(ListedRows)];
        if (listed.Count > 0)
        {
            var table = new Table().AddColumns("file", "no", "control id", "ack", "rule", "answer", "ms");
            foreach (var o in listed)
            {
                table.AddRow(
                    Markup.Escape(Path.GetFileName(o.File)), o.Number.ToString(CultureInfo.InvariantCulture), Markup.Escape(o.ControlId),
                    o.Ack ?? "[red]none[/]", Markup.Escape(o.Rule ?? ""), Markup.Escape(o.Text ?? ""), o.Milliseconds.ToString("F1", CultureInfo.InvariantCulture));
            }

            Output.People.Write(table);
        }

        Output.People.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{sent.Accepted} accepted, {sent.Refused} refused, {sent.Unanswered} unanswered in {sent.Elapsed.TotalSeconds:F2} s");
    }
}
