using System.CommandLine;
using System.Globalization;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Tokens;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus keys …</c>: the keys by which access tokens are signed.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "The keys that sign access tokens.") { Rotate(), List() };

    private static Command Rotate()
    {
        var emergency = new Option<bool>("--emergency")
        {
            Description = "A key is in wrong hands: take over at once and withdraw every old key. Tokens that were issued stay good, forged ones do not.",
        };
        var (by, reason, site, json) = (Acting.As(), Acting.Reason(), Options.Site(), Options.Json());
        var command = new Command("rotate", "Make a new signing key; it takes over once everybody can have its public half.") { emergency, by, reason, site, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var model = SiteOpening.Load(parsed.GetRequiredValue(site));
            await using var installation = await Installation.OpenAsync([ZoneRole.Tokens, ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            await SiteOpening.ProvideKeysAsync(installation, model, cancellation);
            using var keys = new SigningKeys(installation.Store.For(ZoneRole.Tokens), installation.Keys);
            var (id, activates) = await keys.RotateAsync(
                model.Tenant.Id, parsed.GetValue(emergency), parsed.GetRequiredValue(by), parsed.GetRequiredValue(reason), TimeProvider.System.GetUtcNow(), cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(new { key = id, activates });
            }
            else
            {
                Output.People.MarkupLineInterpolated($"Key {id} signs from {Time(activates)} (UTC).");
            }

            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var json = Options.Json();
        var command = new Command("list", "Every signing key, and what each is for now.") { json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            await using var watch = await AccessWatch.StartAsync(installation.Store.For(ZoneRole.Operator), TimeProvider.System, NullLogger.Instance, cancellation);
            var (state, now) = (watch.Current, TimeProvider.System.GetUtcNow());
            var published = state.PublishedAt(now).Keys.Select(k => k.Id).ToHashSet(StringComparer.Ordinal);
            var keys = state.Keys.Select(k => new
            {
                key = k.Key.Id,
                use = k.Withdrawn is not null ? "withdrawn" : k == state.SigningKey(now) ? "signs" : k.Activates > now ? "announced" : published.Contains(k.Key.Id) ? "verifies" : "retired",
                k.Activates,
                k.Withdrawn,
            }).ToList();
            if (parsed.GetValue(json))
            {
                Output.Json(keys);
                return 0;
            }

            var table = new Table().Border(TableBorder.None).AddColumns("key", "use", "signs from (UTC)", "withdrawn");
            foreach (var key in keys)
            {
                table.AddRow(key.key, key.use, Time(key.Activates), key.Withdrawn is { } at ? Time(at) : "");
            }

            Output.Table(table, "No signing keys yet; the first is made when the zone api starts.");
            return 0;
        });
        return command;
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
