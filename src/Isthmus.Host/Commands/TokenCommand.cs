using System.CommandLine;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Remote;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus token inspect</c>: whether an access token is good, whose it is, and if not, why.</summary>
internal static class TokenCommand
{
    public static Command Create() => new("token", "Look at access tokens.") { Inspect() };

    private static Command Inspect()
    {
        var token = new Argument<string>("TOKEN") { Description = "The token; `-` reads it from standard input, so that it stays out of the shell's history." };
        var (site, json) = (Options.Site(), Options.Json());
        var command = new Command("inspect", "Say whether a token is good, and what it grants.") { token, site, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var model = SiteOpening.Load(parsed.GetRequiredValue(site));
            var given = parsed.GetRequiredValue(token);
            var text = (given == "-" ? await Console.In.ReadToEndAsync(cancellation) : given).Trim();
            await using var installation = await Installation.OpenAsync([ZoneRole.Admission], NullLoggerFactory.Instance, cancellation);
            var source = installation.Store.For(ZoneRole.Admission);
            await using var watch = await AccessWatch.StartAsync(source, TimeProvider.System, NullLogger.Instance, cancellation);
            using var remote = new RemoteKeySets(TimeProvider.System);
            await using var check = new AccessTokenCheck(() => model, watch, source, remote, TimeProvider.System);
            var (caller, refusal) = await check.BelieveAsync(text, cancellation);
            var view = new
            {
                good = caller is not null, rule = refusal?.Id, why = refusal?.Sentence, client = caller?.Client, integration = caller?.Integration,
                scope = caller?.Scopes.ToString(), expires = caller?.Expires, issuer = caller?.Issuer, bound = caller?.Confirmation?.Kind,
            };
            if (parsed.GetValue(json))
            {
                Output.Json(view);
            }
            else if (caller is null)
            {
                Output.People.MarkupLineInterpolated($"Not good: {refusal!.Sentence} ({refusal.Id})");
            }
            else
            {
                Output.People.MarkupLineInterpolated($"Good until {view.expires:u}: client {view.client} ({view.integration}), scope {view.scope}{(view.bound is null ? "" : $", bound by {view.bound}")}");
            }

            return caller is null ? 1 : 0;
        });
        return command;
    }
}
