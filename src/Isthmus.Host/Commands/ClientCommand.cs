using System.CommandLine;
using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access;
using Isthmus.Trust.Clients;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus client …</c>: who may come in at the door. One person registers, another approves.</summary>
internal static class ClientCommand
{
    private static readonly Argument<string> Id = new("ID") { Description = "The client's id." };

    public static Command Create() => new("client", "Register, approve and revoke the machines of third parties.")
    {
        Register(),
        Decide("approve", "Let a client in that somebody else registered.", (registry, id, by, reason, cancel) => registry.ApproveAsync(id, by, reason, cancel)),
        Decide("revoke", "Shut a client out, and with it every token it has, within a second.", (registry, id, by, reason, cancel) => registry.RevokeAsync(id, by, reason, cancel)),
        List(),
        ClientShowCommand.Create(),
        OffboardCommand.Create(),
    };

    private static Command Register()
    {
        var integration = new Option<string>("--integration") { Description = "The contract of kind api that it is for.", Required = true };
        var name = new Option<string>("--name") { Description = "What it is called.", Required = true };
        var owner = new Option<string>("--owner") { Description = "Who answers for it.", Required = true };
        var purpose = new Option<string>("--purpose") { Description = "What it does with the data.", Required = true };
        var scope = new Option<string>("--scope") { Description = "What it may ask for, e.g. \"system/Patient.rs\"; default: all that the contract allows." };
        var days = new Option<int>("--days") { Description = "After how many days the registration ends.", DefaultValueFactory = _ => 365 };
        var dpop = new Option<bool>("--dpop") { Description = "Its tokens must be bound to a key that it proves (DPoP)." };
        var batch = new Option<bool>("--batch") { Description = "Its traffic is batch." };
        var (by, site, json) = (Acting.As(), Options.Site(), Options.Json());
        var credential = new CredentialOptions();
        var command = new Command("register", "Register a client, which then waits for another person's approval.") { integration, name, owner, purpose, scope, days, dpop, batch, by, site, json };
        credential.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var model = SiteOpening.Load(parsed.GetRequiredValue(site));
            var contract = model.ApiContracts.FirstOrDefault(c => c.Name == parsed.GetRequiredValue(integration))
                ?? throw new RefusalException(new Refusal(
                    "client.integration-unknown", $"The site has no integration of kind api named {parsed.GetRequiredValue(integration)}.", FailureDomain.Client));
            if (ScopeSet.TryParse(parsed.GetValue(scope) ?? string.Join(' ', contract.Scopes), out var scopes) is { } unreadable)
            {
                throw new RefusalException(unreadable);
            }

            var draft = new ClientDraft
            {
                Tenant = model.Tenant.Id,
                Name = parsed.GetRequiredValue(name),
                Environment = model.Environment,
                Purpose = parsed.GetRequiredValue(purpose),
                Owner = parsed.GetRequiredValue(owner),
                Expires = TimeProvider.System.GetUtcNow().AddDays(parsed.GetValue(days)),
                Scopes = scopes,
                Traffic = parsed.GetValue(batch) ? TrafficClass.Batch : null,
                Credential = credential.Read(parsed),
                RequiresDpop = parsed.GetValue(dpop),
            };
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var policy = model.AccessPolicy is { } terms ? AccessPolicy.Compile(terms) : null;
            var registry = new ClientRegistry(installation.Store.For(ZoneRole.Operator), TimeProvider.System);
            var id = await registry.RegisterAsync(draft, contract, policy, parsed.GetRequiredValue(by), cancellation);
            var next = $"isthmus client approve {id} --as SOMEBODY-ELSE --reason …";
            if (parsed.GetValue(json))
            {
                Output.Json(new { client = id, state = "pending", next });
            }
            else
            {
                Output.People.MarkupLineInterpolated($"Client [bold]{id}[/] waits for approval by somebody else: {next}");
            }

            return 0;
        });
        return command;
    }

    private static Command Decide(string name, string description, Func<ClientRegistry, string, string, string, CancellationToken, Task> decide)
    {
        var (by, reason, json) = (Acting.As(), Acting.Reason(), Options.Json());
        var command = new Command(name, description) { Id, by, reason, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var registry = new ClientRegistry(installation.Store.For(ZoneRole.Operator), TimeProvider.System);
            var id = parsed.GetRequiredValue(Id);
            await decide(registry, id, parsed.GetRequiredValue(by), parsed.GetRequiredValue(reason), cancellation);
            var client = (await registry.FindAsync(id, cancellation))!;
            if (parsed.GetValue(json))
            {
                Output.Json(ViewOf(client));
            }
            else
            {
                Output.People.MarkupLineInterpolated($"Client {client.Id} is {client.State.ToString().ToLowerInvariant()}.");
            }

            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var (tenant, json) = (Options.Tenant(), Options.Json());
        var command = new Command("list", "Every client, the latest first.") { tenant, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var clients = await new ClientRegistry(installation.Store.For(ZoneRole.Operator), TimeProvider.System).ListAsync(parsed.GetValue(tenant), cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(clients.Select(ViewOf));
                return 0;
            }

            var table = new Table().Border(TableBorder.None).AddColumns("client", "state", "for", "environment", "scopes", "expires", "registered by", "approved by");
            foreach (var client in clients)
            {
                table.AddRow(new[]
                {
                    client.Id, client.State.ToString().ToLowerInvariant(), client.Integration, client.Environment.ToString().ToLowerInvariant(), client.Scopes.ToString(),
                    client.Expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), client.RegisteredBy, client.ApprovedBy ?? "",
                }.Select(Markup.Escape).ToArray());
            }

            Output.Table(table, "No clients.");
            return 0;
        });
        return command;
    }

    internal static object ViewOf(Client client) => new
    {
        client = client.Id, client.Name, client.State, client.Integration, client.Environment, client.Purpose, client.Owner, scope = client.Scopes.ToString(), client.Traffic,
        client.Expires, client.RegisteredAt, client.RegisteredBy, client.ApprovedBy, client.RevokedBy, client.RequiresDpop,
        keys = client.Credential.Keys?.Keys.Select(k => new { k.Id, k.Kind, k.Thumbprint }), keysUrl = client.Credential.KeysUrl,
        algorithms = client.Credential.Algorithms.Select(a => a.ToString()), client.Credential.Certificate, client.Credential.Subject,
    };
}
