export default function SignIn() {
  return (
    <main>
      <h1>Acme CRM</h1>
      <form method="post" action="/sign-in">
        <button type="submit" name="user" value="ada">
          Ada, member of Acme
        </button>
        <button type="submit" name="user" value="vic">
          Vic, viewer of Acme
        </button>
      </form>
    </main>
  );
}
